"""A Dask cluster for a test."""

from distributed import LocalCluster


def cluster(workers: int, **options) -> LocalCluster:
    """On any free ports: `dashboard_address=None` would still take the default one."""
    return LocalCluster(n_workers=workers, dashboard_address="127.0.0.1:0", **options)


def within_this_process(workers: int, **options) -> LocalCluster:
    """Sooner there, and reached by an address all the same."""
    return cluster(workers, processes=False, protocol="tcp", **options)
