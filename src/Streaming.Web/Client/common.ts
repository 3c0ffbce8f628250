import './shared/rows';
import './shared/forms';
