"""What an accelerator-hour costs: capital that must be recovered, power, upkeep, spare.

Sources: Brealey, Myers and Allen, *Principles of Corporate Finance*, on annuities; Barroso,
Hölzle and Ranganathan, *The Datacenter as a Computer*, chapter on cost.
"""

from ..units import (
    USD,
    BytePerRequest,
    Number,
    PerWatt,
    RequestPerSecond,
    Second,
    Share,
    USDPerByte,
    USDPerJoule,
    USDPerRequest,
    USDPerSecond,
    Watt,
)


def capital_recovery(
    price: USD, residual: Share, rate: Number, life: Second, period: Second
) -> USDPerSecond:
    """Steady payment that repays ``price``, less what is left at the end, with interest.

    Parameters
    ----------
    price : what was paid at the start [USD]
    residual : share of the price that the thing fetches at the end of its life [share]
    rate : cost of capital for each period [1], above 0
    life : economic life [s]
    period : what the rate refers to, usually a year [s]

    A loan of 1,000 USD at 10 % over five years costs 263.80 USD a year:

    >>> year = 31557600.0
    >>> round(capital_recovery(1000.0, 0.0, 0.10, 5 * year, year) * year, 2)
    263.8
    """
    annuity = rate / (1 - (1 + rate) ** (-life / period))
    return price * (annuity * (1 - residual) + residual * rate) / period


def energy_cost(power: Watt, pue: Number, electricity_price: USDPerJoule) -> USDPerSecond:
    """Electricity of a machine and of what cools and feeds it.

    Parameters
    ----------
    power : mean draw of the machine [W]
    pue : power of the building over that of its machines, at least 1 [1]
    electricity_price : [USD/J]

    1 kW, PUE 1.2, 0.10 USD/kWh:

    >>> round(energy_cost(1000.0, 1.2, 0.10 / 3.6e6) * 3600, 2)
    0.12
    """
    return power * pue * electricity_price


def mean_power(peak_power: Watt, idle: Share, utilisation: Share) -> Watt:
    """Mean draw of a machine that is busy for a share of the time.

    Parameters
    ----------
    peak_power : when busy [W]
    idle : draw when idle, as a share of the peak [share]
    utilisation : share of the time that it is busy [share]

    >>> mean_power(1000.0, 0.25, 0.5)
    625.0
    """
    return peak_power * (idle + (1 - idle) * utilisation)


def even_idle(utilisation: Share) -> Share:
    """Idle draw, as a share of the full one, at which half of the energy moves with use.

    Parameters
    ----------
    utilisation : share of the time that the machine is busy [share]

    A machine that is always busy must draw half of its power when idle:

    >>> even_idle(1.0), even_idle(0.25)
    (0.5, 0.2)
    """
    return utilisation / (1 + utilisation)


def upkeep_cost(price: USD, rate: Number, period: Second) -> USDPerSecond:
    """Maintenance, as a rate on what was paid.

    Parameters
    ----------
    price : of the equipment [USD]
    rate : maintenance for each period, as a share of the price [1]
    period : what the rate refers to, usually a year [s]

    >>> upkeep_cost(30000.0, 0.05, 100.0)
    15.0
    """
    return price * rate / period


def staff_cost(power: Watt, staff: PerWatt, wage: USDPerSecond) -> USDPerSecond:
    """What the people cost who run a machine's part of the building.

    Parameters
    ----------
    power : provisioned for the machine [W]
    staff : people employed for each watt of the building [1/W]
    wage : of one, with all that an employer pays [USD/s]

    A person and a half for each megawatt, at 150,000 USD a year: 2.6 cents an hour for a kilowatt.

    >>> round(staff_cost(1000, 1.5e-6, 150e3 / 31557600) * 3600, 3)
    0.026
    """
    return power * staff * wage


def transfer_cost(traffic: BytePerRequest, price: USDPerByte) -> USDPerRequest:
    """Cost of the bytes that an answer sends over the network.

    Parameters
    ----------
    traffic : bytes sent for a request [B/request]
    price : of a byte sent [USD/B]

    An answer of 100 kB at 0.05 USD/GB:

    >>> round(transfer_cost(100e3, 0.05e-9), 9)
    5e-06
    """
    return traffic * price


def fleet(
    peak_load: RequestPerSecond, capacity: RequestPerSecond, headroom: Share, spare: Share
) -> Number:
    """Replicas that a service must own: enough for its peak, and some for those that fail.

    Parameters
    ----------
    peak_load : requests a second at the busiest time [request/s]
    capacity : of one replica [request/s]
    headroom : share of the capacity that stays free, so that queues stay short [share]
    spare : replicas kept ready for failures, as a share of those that serve [share]

    >>> round(fleet(1000.0, 10.0, 0.2, 0.1), 1)
    137.5
    """
    return peak_load / (capacity * (1 - headroom)) * (1 + spare)


def fleet_utilisation(
    load: RequestPerSecond, capacity: RequestPerSecond, replicas: Number
) -> Share:
    """Share of what a fleet could do that it does, on average.

    Parameters
    ----------
    load : mean requests a second [request/s]
    capacity : of one replica [request/s], above 0
    replicas : that the service owns, spare ones included [1], above 0

    >>> fleet_utilisation(500.0, 10.0, 125.0)
    0.4
    """
    return load / (capacity * replicas)
