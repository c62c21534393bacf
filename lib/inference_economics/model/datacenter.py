"""What keeping one accelerator costs, used or not."""

from types import SimpleNamespace

from .. import units
from ..formulas import datacenter, reliability

YEAR = units.factor("year")


def accelerator(given, utilisation) -> SimpleNamespace:
    """Cost of one accelerator that is busy for ``utilisation`` of the time [USD/s], by part.

    ``equipment``, ``building``, ``energy``, ``maintenance`` and their ``total``; and the
    ``capital`` that they rest on [USD].
    """
    equipment = given.accelerator_capital + given.network_capital
    # The building is priced by the power of the equipment in it, without cooling.
    building = given.building_capital * given.all_in_power / given.pue
    power = datacenter.mean_power(given.all_in_power / given.pue, given.idle_power, utilisation)
    parts = SimpleNamespace(
        equipment=datacenter.capital_recovery(
            equipment, given.residual_value, given.cost_of_capital, given.accelerator_life, YEAR
        ),
        building=datacenter.capital_recovery(
            building, 0.0, given.cost_of_capital, given.building_life, YEAR
        ),
        energy=datacenter.energy_cost(power, given.pue, given.electricity_price),
        maintenance=datacenter.upkeep_cost(equipment, given.maintenance, YEAR),
    )
    parts.total = parts.equipment + parts.building + parts.energy + parts.maintenance
    parts.capital = equipment + building
    return parts


def fleet(given, load, capacity, accelerators) -> SimpleNamespace:
    """Everything kept running for a mean ``load`` [request/s], sized for its peak, with spare.

    ``capacity`` [request/s] and ``accelerators`` are one replica's. ``cost`` is of the whole fleet,
    by part [USD/s]; ``power`` is provisioned [W]; ``capital`` includes the building [USD].
    """
    replicas = datacenter.fleet(load * given.peak_over_mean, capacity, given.headroom, given.spare)
    utilisation = datacenter.fleet_utilisation(load, capacity, replicas)
    each = accelerator(given, utilisation)
    owned = replicas * accelerators
    parts = ("equipment", "building", "energy", "maintenance", "total")
    return SimpleNamespace(
        replicas=replicas,
        accelerators=owned,
        utilisation=utilisation,
        power=owned * given.all_in_power,
        capital=owned * each.capital,
        each=each,
        cost=SimpleNamespace(**{part: owned * getattr(each, part) for part in parts}),
    )


def staff(given):
    """People who run the building, for each accelerator [USD/s]: not in :func:`accelerator`."""
    return datacenter.staff_cost(given.all_in_power, given.staff_per_power, given.staff_wage)


def traffic(given, output_tokens):
    """Sending an answer to its user [USD/request]: not in :func:`accelerator`."""
    return datacenter.transfer_cost(output_tokens * given.bytes_per_token, given.egress_price)


def standby(given, needed, accelerators) -> SimpleNamespace:
    """Replicas to own so that ``needed`` work, each of so many ``accelerators`` that can fail.

    ``interval`` is between failures of a replica [s]; ``spare`` is what stands by as a share of
    those needed, derived where :func:`fleet` assumes it; ``replicas`` is not rounded.
    """
    interval = reliability.group_interval(given.accelerator_failure_interval, accelerators)
    available = reliability.availability(interval, given.repair_time)
    replicas = reliability.replicas_to_own(
        needed, available, reliability.normal_quantile(given.shortage_chance)
    )
    return SimpleNamespace(
        interval=interval,
        availability=available,
        replicas=replicas,
        spare=replicas / needed - 1,
    )


def training_run(given, accelerators) -> SimpleNamespace:
    """What failures take of a run that stops whenever one of its ``accelerators`` does.

    ``interval`` is between failures and ``checkpoints`` between checkpoints, at their best [s];
    ``lost`` is the share of the run's time that is lost.
    """
    interval = reliability.group_interval(given.accelerator_failure_interval, accelerators)
    checkpoints = reliability.checkpoint_interval(given.checkpoint_time, interval)
    return SimpleNamespace(
        interval=interval,
        checkpoints=checkpoints,
        lost=reliability.lost_share(
            checkpoints, given.checkpoint_time, interval, given.restart_time
        ),
    )
