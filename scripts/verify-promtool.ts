import { verifyPromtool } from '../engines/promtool/verify';
import { writeReport } from './write-report';

const { passed, failed } = verifyPromtool();
writeReport('promtool', passed, failed);
console.log(`promtool: ${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
