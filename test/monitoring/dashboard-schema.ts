/** The parts of Grafana's dashboard model (schemaVersion 42) that ours use, as JSON schemas; anything else is refused. */
const text = { type: 'string' };
const word = { type: 'string', minLength: 1 };
const flag = { type: 'boolean' };
const whole = { type: 'integer', minimum: 0 };
const texts = { type: 'array', items: text };

function closed(required: readonly string[], properties: Record<string, object>) {
  return { type: 'object', required, properties, additionalProperties: false };
}

const datasource = closed(['type', 'uid'], { type: { const: 'prometheus' }, uid: word });

const gridPos = closed(['x', 'y', 'w', 'h'], {
  x: { ...whole, maximum: 23 },
  y: whole,
  w: { type: 'integer', minimum: 1, maximum: 24 },
  h: { type: 'integer', minimum: 1 },
});

const thresholds = closed(['mode', 'steps'], {
  mode: { enum: ['absolute', 'percentage'] },
  steps: {
    type: 'array',
    minItems: 1,
    items: closed(['value', 'color'], { value: { type: ['number', 'null'] }, color: word }),
  },
});

const fieldConfig = closed(['defaults', 'overrides'], {
  defaults: closed(['unit'], {
    unit: word,
    min: { type: 'number' },
    max: { type: 'number' },
    noValue: word,
    thresholds,
    color: closed(['mode'], { mode: word, fixedColor: word }),
    custom: { type: 'object' },
  }),
  overrides: { type: 'array' },
});

const target = closed(['refId', 'expr', 'datasource'], {
  refId: { type: 'string', pattern: '^[A-Z]$' },
  expr: word,
  datasource,
  legendFormat: text,
  range: flag,
  instant: flag,
  format: { enum: ['time_series', 'table', 'heatmap'] },
});

const panel = {
  oneOf: [
    closed(['type', 'id', 'title', 'gridPos', 'panels'], {
      type: { const: 'row' },
      id: whole,
      title: word,
      collapsed: flag,
      gridPos,
      panels: { type: 'array', maxItems: 0 },
    }),
    closed(['type', 'id', 'title', 'description', 'gridPos', 'targets', 'fieldConfig', 'datasource'], {
      type: { type: 'string', not: { const: 'row' } },
      id: whole,
      title: word,
      description: word,
      transparent: flag,
      repeatDirection: { enum: ['h', 'v'] },
      datasource,
      gridPos,
      options: { type: 'object' },
      fieldConfig,
      targets: { type: 'array', minItems: 1, items: target },
      transformations: { type: 'array', items: closed(['id', 'options'], { id: word, options: { type: 'object' } }) },
    }),
  ],
};

const variable = {
  type: 'object',
  required: ['type', 'name', 'query'],
  properties: { type: { enum: ['datasource', 'query'] }, name: word, query: word, datasource },
};

export const DASHBOARD_SCHEMA = {
  type: 'object',
  required: ['uid', 'title', 'schemaVersion', 'panels', 'templating', 'time', 'refresh', 'tags'],
  properties: {
    uid: { type: 'string', pattern: '^[a-z0-9-]{1,40}$' },
    title: word,
    tags: texts,
    schemaVersion: { const: 42 },
    editable: flag,
    refresh: { type: 'string', pattern: '^\\d+[smh]$' },
    time: closed(['from', 'to'], { from: word, to: word }),
    panels: { type: 'array', minItems: 2, items: panel },
    templating: closed(['list'], { list: { type: 'array', items: variable } }),
    annotations: closed(['list'], {
      list: {
        type: 'array',
        items: { type: 'object', required: ['name', 'datasource', 'expr'], properties: { datasource, expr: word } },
      },
    }),
  },
};

const reduceOptions = {
  type: 'object',
  required: ['calcs'],
  properties: { calcs: { type: 'array', minItems: 1, items: { enum: ['lastNotNull', 'last', 'mean', 'max', 'min'] } } },
};

/** By panel type. */
export const OPTIONS_SCHEMAS: Readonly<Record<string, object>> = {
  timeseries: {
    type: 'object',
    required: ['legend', 'tooltip'],
    properties: {
      legend: {
        type: 'object',
        required: ['displayMode', 'placement', 'showLegend', 'calcs'],
        properties: {
          displayMode: { enum: ['list', 'table', 'hidden'] },
          placement: { enum: ['bottom', 'right'] },
          showLegend: flag,
          calcs: texts,
        },
      },
      tooltip: { type: 'object' },
    },
  },
  stat: {
    type: 'object',
    required: ['reduceOptions', 'colorMode', 'graphMode'],
    properties: {
      reduceOptions,
      colorMode: { enum: ['value', 'background', 'none'] },
      graphMode: { enum: ['none', 'line', 'area'] },
    },
  },
  gauge: { type: 'object', required: ['reduceOptions'], properties: { reduceOptions } },
  'state-timeline': { type: 'object', required: ['showValue', 'legend'] },
  table: { type: 'object' },
};
