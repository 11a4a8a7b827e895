import { PageTitle } from '../../components/page-title';

const HomePage = () => <PageTitle title="Home" />;
export default HomePage;
