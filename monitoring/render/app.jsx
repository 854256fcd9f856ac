/** Draws the panels in `window.PANELS` with the components that Grafana itself draws them with. */
import { createTheme, FieldType, getDisplayProcessor, toDataFrame } from '@grafana/data';
import { BigValue, ThemeContext, TimeSeries } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import 'uplot/dist/uPlot.min.css';

const theme = createTheme({ colors: { mode: 'light' } });
const { panels, from, to } = window.PANELS;

function framesOf({ defaults, series }) {
  return series.map(({ name, times, values }, seriesIndex) => {
    const custom = { lineWidth: 1, fillOpacity: 10, showPoints: 'never', ...defaults.custom };
    const config = { color: { mode: 'palette-classic' }, ...defaults, custom, displayNameFromDS: name };
    const value = { name: 'Value', type: FieldType.number, values, config };
    const frame = toDataFrame({ name, fields: [{ name: 'Time', type: FieldType.time, values: times }, value] });
    const [time, field] = frame.fields;
    field.state = { seriesIndex, displayName: name };
    time.display = getDisplayProcessor({ field: time, theme, timeZone: 'utc' });
    field.display = getDisplayProcessor({ field, theme, timeZone: 'utc' });
    return frame;
  });
}

function Panel({ panel }) {
  const { title, type, width, height } = panel;
  const frames = framesOf(panel);
  const draw = type === 'stat' ? <Stat panel={panel} frames={frames} /> : <Lines panel={panel} frames={frames} />;
  return (
    <div className="panel" style={{ width: width + 16, background: '#fff', padding: 8, fontFamily: 'sans-serif' }}>
      <div style={{ fontSize: 14, fontWeight: 500, marginBottom: 4 }}>{title}</div>
      <div style={{ width, height }}>{draw}</div>
    </div>
  );
}

function Lines({ panel, frames }) {
  const timeRange = { from: { valueOf: () => from }, to: { valueOf: () => to } };
  const legend = { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] };
  const { width, height } = panel;
  return (
    <TimeSeries frames={frames} structureRev={1} timeRange={timeRange} timeZone="utc" {...{ width, height, legend }} />
  );
}

function Stat({ panel, frames }) {
  const [, field] = frames[0].fields;
  const value = field.display(field.values.at(-1));
  return <BigValue value={value} theme={theme} width={panel.width} height={panel.height} colorMode="value" />;
}

createRoot(document.getElementById('root')).render(
  <ThemeContext.Provider value={theme}>
    {panels.map((panel) => (
      <Panel key={panel.title} panel={panel} />
    ))}
  </ThemeContext.Provider>,
);
