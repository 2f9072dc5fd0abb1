import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/parts.css';
import './styles/charts.css';
import './styles/pages.css';
import { startEvents } from './api/events';
import { App } from './app';
import { startRouter } from './router';
import { startTheme } from './theme';

startTheme();
startRouter();
startEvents();
render(<App />, document.getElementById('app')!);
