"""A model on the user's own device: what a token costs there, and how long the battery lasts."""

from types import SimpleNamespace

from ..formulas import levers


def token(given, parameters, throughput) -> SimpleNamespace:
    """A token of a model of so many active ``parameters`` at ``throughput`` [token/s].

    ``electricity``, ``wear`` of the battery and ``capital`` [USD/token]. Whoever has the device
    anyway pays the first two, ``owned``; whoever buys it for the model pays all, ``bought``.
    A full battery, at ``energy`` [J/token], lasts for so many ``tokens`` and for ``time`` [s].
    """
    energy = levers.device_energy(parameters, given.weight_energy)
    electricity = levers.charging_cost(
        energy, given.charging_efficiency, given.household_electricity_price
    )
    wear = levers.battery_wear(
        given.battery_price, given.battery_capacity, given.battery_cycles, energy
    )
    capital = levers.device_capital(
        given.device_price, given.device_life, throughput, given.device_busy
    )
    tokens = levers.battery_tokens(given.battery_capacity, energy)
    return SimpleNamespace(
        energy=energy,
        electricity=electricity,
        wear=wear,
        capital=capital,
        owned=electricity + wear,
        bought=electricity + wear + capital,
        tokens=tokens,
        time=tokens / throughput,
    )
