/** Words that the rules of merging know. Data, in the spelling that `tokensOf` gives (lower case, without marks). */

const set = (words: string) => new Set(words.split(/\s+/).filter(Boolean));

/** Legal forms: they say how a firm is registered and not who it is. */
export const LEGAL_FORMS = set(
  `inc incorporated llc llp lp ltd limited plc corp corporation co company gmbh mbh ag kg kgaa se ug ohg gbr ev bv nv sa sas
   sarl sl slu srl spa sro as ab aps oy oyj asa pty pte pvt private kk lda ltda eurl snc cv vof gmbhco cokg sp zoo
   pllc pc na eg ek`,
);

/** Words behind a firm's name that tell where or in which of its parts, and not another firm. */
export const SCOPE_WORDS = set(
  `consulting usa us uk america americas american international intl global worldwide europe european emea apac deutschland
   germany france espana spain italia italy nederland netherlands schweiz switzerland austria osterreich ireland india canada
   australia belgium poland polska careers jobs recruiting hr talent hq north corporate worldwide japan singapore mexico
   brasil brazil uki dach nordics advisory`,
);

/** Names that stand for nobody. */
export const NO_COMPANY = set(
  `confidential anonymous undisclosed private unknown na none client employer company hidden vertraulich confidentiel
   companyconfidential confidentialcompany confidentialemployer ourclient unnamed notdisclosed notspecified privateadvertiser
   confidentialclient anonymousemployer`,
);

/** Words in names of firms that advertise for others. */
export const AGENCY_WORDS = set(
  `recruitment recruiting recruiters recruiter recruit staffing headhunters headhunter headhunting personnel personalberatung
   personaldienstleistungen personalvermittlung personalservice resourcing zeitarbeit interim recrutement uitzendbureau
   detachering werving selectie talentpartners jobboard talentsolutions`,
);

/** Firms that advertise for others and whose names do not say so, and sites that put their own name in the employer's place. */
export const AGENCIES = set(
  `hays roberthalf randstad adecco michaelpage pagegroup pagepersonnel manpower manpowergroup experis modis akkodis kforce
   teksystems aerotek insightglobal apexsystems harveynash nigelfrank franksgroup tenthrevolution computerfutures huxley sthree
   realstaffing jobot cybercoders motionrecruitment robertwalters reed brunel ferchau gulp etengo goetzfried
   hayspecialist morganmckinley lafosse lawharris investigo oliverbernard understandingrecruitment mondo judgegroup
   beaconhill yoh collabera mastech artech diversant tcwglobal talentify lensa dice jobsviadice jobgether ziprecruiter
   talentcom jooble efinancialcareers builtin clearancejobs cyberseek adeccogroup kellyservices kelly spencerogden
   austinfraser glocomms barclaysimpson acumin infosecpeople stottandmay stottmay sthreegroup darwinrecruitment eurostaff
   amoriabond optimusit vertexsystems voltworkforce matlensilver tandemtalent
   signatureconsultants eliassen eliassengroup dexian disys genesis10 pyramidconsulting randstaddigital yupro solomonpage
   strategicstaffingsolutions theresearchcircle jobleads jobrapido neuvoo adzuna monster careerbuilder`,
);

/** Other names of the same firm, as compact keys. */
export const COMPANY_ALIASES: Readonly<Record<string, string>> = {
  pwc: 'pricewaterhousecoopers',
  ey: 'ernstyoung',
  ernstandyoung: 'ernstyoung',
  jpmorgan: 'jpmorganchase',
  jpmorganchaseandco: 'jpmorganchase',
  jpmc: 'jpmorganchase',
  bofa: 'bankofamerica',
  ibm: 'internationalbusinessmachines',
  hpe: 'hewlettpackardenterprise',
  hp: 'hewlettpackard',
  aws: 'amazonwebservices',
  bcg: 'bostonconsulting',
  gsk: 'glaxosmithkline',
  pg: 'proctergamble',
  procterandgamble: 'proctergamble',
  jnj: 'johnsonjohnson',
  johnsonandjohnson: 'johnsonjohnson',
  adp: 'automaticdataprocessing',
  tcs: 'tataconsultancy',
  tataconsultancyservices: 'tataconsultancy',
  gdit: 'generaldynamicsinformationtechnology',
  att: 'atandt',
  facebook: 'meta',
  metaplatforms: 'meta',
  alphabet: 'google',
  ukg: 'ultimatekronos',
  boozallen: 'boozallenhamilton',
  ge: 'generalelectric',
  bmwgroup: 'bmw',
  vw: 'volkswagen',
  telekom: 'deutschetelekom',
  db: 'deutschebahn',
};

/** One spelling for words of titles: abbreviations, and the same word in the languages of our sources. */
export const SYNONYMS: Readonly<Record<string, string>> = Object.fromEntries(
  `mgmt=management mgt=management mngt=management mgr=manager eng=engineer engr=engineer engineering=engineer admin=administrator
   administration=administrator dev=developer ops=operations operation=operations arch=architect spec=specialist
   tech=technical sec=security info=information infra=infrastructure sys=system svc=service svcs=service acct=account
   auth=authentication authn=authentication authz=authorization authorisation=authorization cyber=cybersecurity
   cybersec=cybersecurity infosec=informationsecurity programme=program specialised=specialized
   ingenieur=engineer ingenieurin=engineer ingeniero=engineer ingeniera=engineer ingegnere=engineer engenheiro=engineer
   inzynier=engineer ingenjor=engineer ingenior=engineer insinoori=engineer
   entwickler=developer entwicklerin=developer developpeur=developer developpeuse=developer desarrollador=developer
   ontwikkelaar=developer sviluppatore=developer desenvolvedor=developer utvecklare=developer programador=developer
   softwareentwickler=softwaredeveloper softwareingenieur=softwareengineer
   berater=consultant beraterin=consultant consultante=consultant consulente=consultant konsulent=consultant
   konsult=consultant konsultant=consultant consultor=consultant adviseur=consultant
   architekt=architect architektin=architect architecte=architect arquitecto=architect arquitecta=architect architetto=architect
   arkitekt=architect arquiteto=architect
   administrateur=administrator administratrice=administrator administrador=administrator administradora=administrator
   beheerder=administrator amministratore=administrator administratorin=administrator
   analyste=analyst analista=analyst analist=analyst analytiker=analyst
   spezialist=specialist spezialistin=specialist specialiste=specialist especialista=specialist specialista=specialist
   experte=expert expertin=expert experta=expert experto=expert
   gestion=management gestao=management gestione=management verwaltung=management beheer=management gestionnaire=manager
   identite=identity identites=identity identidad=identity identidades=identity identitat=identity identitaten=identity
   identitats=identity identiteit=identity identiteits=identity identita=identity identities=identity
   acces=access acceso=access accesos=access zugriff=access zugriffs=access zugang=access zugangs=access toegang=access
   toegangs=access accessi=access accesso=access acessos=access zugriffsverwaltung=accessmanagement
   zugriffsmanagement=accessmanagement toegangsbeheer=accessmanagement identitatsmanagement=identitymanagement
   identitatsverwaltung=identitymanagement identiteitsbeheer=identitymanagement berechtigungsmanagement=entitlementmanagement
   securite=security seguridad=security sicherheit=security beveiliging=security sicurezza=security seguranca=security
   informationssicherheit=informationsecurity informatiebeveiliging=informationsecurity itsicherheit=itsecurity
   privilegies=privileged privileges=privileged privilegierte=privileged privilegiados=privileged
   responsable=manager verantwortlicher=manager projektleiter=projectmanager chef=manager gerente=manager
   mitarbeiter=employee sachbearbeiter=clerk netzwerk=network reseau=network infrastruktur=infrastructure
   systemadministrator=systemadministrator nuage=cloud anwendung=application`
    .split(/\s+/)
    .map((pair) => pair.split('=') as [string, string]),
);

/** Short forms that are written out beside them, or instead of them. */
export const ACRONYMS: Readonly<Record<string, string>> = {
  iam: 'identity access management',
  idam: 'identity access management',
  pam: 'privileged access management',
  pim: 'privileged identity management',
  iga: 'identity governance administrator',
  ciam: 'customer identity access management',
  icam: 'identity credential access management',
  iiq: 'identityiq',
  idn: 'identitynow',
  ad: 'active directory',
  aad: 'azure active directory',
  mfa: 'multi factor authentication',
  sso: 'single sign on',
  grc: 'governance risk compliance',
  pki: 'public key infrastructure',
  swe: 'software engineer',
  sre: 'site reliability engineer',
  softwareengineer: 'software engineer',
  softwaredeveloper: 'software developer',
  accessmanagement: 'access management',
  identitymanagement: 'identity management',
  entitlementmanagement: 'entitlement management',
  informationsecurity: 'information security',
  itsecurity: 'it security',
  projectmanager: 'project manager',
  systemadministrator: 'system administrator',
  sysadmin: 'system administrator',
};

/** Two words that are also written as one. */
export const JOINED: Readonly<Record<string, string>> = {
  'cyber security': 'cybersecurity',
  'cybersecurity security': 'cybersecurity',
  'full stack': 'fullstack',
  'back end': 'backend',
  'front end': 'frontend',
  'dev sec': 'devsec',
  'dev operations': 'devops',
  'developer operations': 'devops',
  'sail point': 'sailpoint',
  'cyber ark': 'cyberark',
  'cybersecurity ark': 'cyberark',
  'beyond trust': 'beyondtrust',
  'one login': 'onelogin',
  'identity iq': 'identityiq',
  'identity now': 'identitynow',
  'ping federate': 'pingfederate',
  'help desk': 'helpdesk',
  'vice president': 'vp',
  'service now': 'servicenow',
};

/** Words of titles that say nothing of which opening it is: how one works, how it is advertised, little words of grammar. */
export const TITLE_NOISE = set(
  `and or of the for in im at to on with an a und oder fur mit bei zur zum der die das des et ou de du la le les pour avec chez
   y o para con en el los las van voor met het een och for i e da do di del della per w na
   remote hybrid onsite homeoffice wfh telecommute telework distanciel teletravail virtual flexible moglich possible
   job jobs position role roles opening opportunity opportunities vacancy urgent urgently hiring immediate immediately start
   starter needed wanted required new now apply full fulltime vollzeit teilzeit part parttime time permanent perm cdi unbefristet
   festanstellung w2 c2c direct hire genders gender all mwd wmd fmd mfd mfx hf fh mw wm fm mf dmw dwm mwx wmx fmx
   k year yr annum pa per salary up bonus plus sponsorship visa relocation days week only ok eligible based office
   open any location locations us usa uk eu emea apac nationwide anywhere`,
);

/** Words that a title may have or lack without naming another opening; the text decides. Nothing here is a trade. */
export const SOFT_WORDS = set(
  `it team global corporate professional department dept enterprise technology group staffing ref`,
);

/** Kinds of contract in titles. */
export const CONTRACT_WORDS = set(
  `contract contractor freelance freelancer interim ftc temp temporary cdd befristet zzp detachering outside inside ir35 month months
   freiberuflich freiberufler`,
);

/** Levels. A title that has another one is another opening. */
export const LEVELS: Readonly<Record<string, string>> = Object.fromEntries(
  `intern=intern internship=intern interns=intern praktikant=intern praktikum=intern werkstudent=student student=student
   stagiaire=intern stage=intern stagiair=intern becario=intern trainee=trainee apprentice=apprentice apprenti=apprentice
   alternance=apprentice alternant=apprentice auszubildender=apprentice ausbildung=apprentice azubi=apprentice
   junior=junior jr=junior jnr=junior graduate=graduate grad=graduate entry=junior associate=associate assoc=associate
   mid=mid middle=mid intermediate=mid medior=mid confirme=mid
   senior=senior sr=senior snr=senior sen=senior lead=lead leading=lead head=head leiter=head leiterin=head
   principal=principal prin=principal staff=staff distinguished=distinguished fellow=fellow
   director=director dir=director vp=vp svp=svp evp=evp avp=avp chief=chief ciso=ciso deputy=deputy assistant=assistant`
    .split(/\s+/)
    .map((pair) => pair.split('=') as [string, string]),
);

export const ROMAN: Readonly<Record<string, string>> = { i: '1', ii: '2', iii: '3', iv: '4', v: '5', vi: '6' };

/** Behind these a number or a Roman numeral is a level. */
export const BEFORE_LEVEL = set(
  `level lvl tier grade band gs engineer developer analyst administrator specialist consultant architect manager technician
   programmer officer associate scientist designer operator coordinator support security senior junior staff management
   advisor researcher tester lead principal clerk representative access identity desk`,
);

/** Names of one city that are not one word. */
export const CITY_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  `munchen=munich koln=cologne wien=vienna geneve=geneva genf=geneva 
   praha=prague warszawa=warsaw cracow=krakow milano=milan roma=rome torino=turin firenze=florence napoli=naples lisboa=lisbon
   sevilla=seville bruxelles=brussels brussel=brussels antwerpen=antwerp anvers=antwerp gent=ghent gand=ghent
   kobenhavn=copenhagen goteborg=gothenburg bangalore=bengaluru gurgaon=gurugram bombay=mumbai kiev=kyiv bucuresti=bucharest
   nurnberg=nuremberg hannover=hanover manhattan=new_york nyc=new_york
   basle=basel bale=basel lyons=lyon marseilles=marseille athina=athens athen=athens wroclaw=breslau`
    .split(/\s+/)
    .map((pair) => pair.split('=').map((name) => name.replaceAll('_', ' ')) as [string, string]),
);

/** What one is. A title that has one more of these than another title that has its own is another trade. */
export const ROLE_WORDS = set(
  `engineer developer architect analyst administrator consultant specialist manager director owner trainer tester writer
   designer coordinator auditor scientist recruiter officer technician operator advisor planner instructor supervisor buyer`,
);

/** Behind these a number of one or two digits is a level: "GS-12", "Grade 7". */
export const GRADE_WORDS = set(`gs grade band level lvl tier class step pay`);
