from karwan.api import today as today
from karwan.api.answer import Answer as Answer
from karwan.api.pictures import plot as plot
from karwan.api.readers import read_closures as read_closures
from karwan.api.readers import read_incidents as read_incidents
from karwan.api.region import Region as Region
from karwan.api.region import region as region
from karwan.api.statements import Ledger as Ledger
from karwan.api.statements import ledger as ledger
from karwan.api.studies import Study as Study
from karwan.api.studies import run_study as run_study
from karwan.base.errors import DataError as DataError
from karwan.base.errors import KarwanError as KarwanError

__version__: str
__all__: list[str]
