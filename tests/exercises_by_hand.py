"""The numbers of the solutions: what a run of the exercise says, or worked out by hand.

A hand has the assumptions ``v`` in the table's units, the numbers ``said`` by the text of the
chapter, and data sheets; it knows no formula of the library. Where a step of the engine is asked
for, it takes the step's speed from the engine and works out the rest.
"""

from math import ceil, exp, log, log2, log10, sqrt

import numpy as np
from inference_economics import assumptions, tables
from inference_economics.model import hosting
from inference_economics.model import levers as engine
from scipy.stats import binom

DAYS = 365.25  # of a year
HOURS = DAYS * 24
MONTH = DAYS / 12
LAYERS, HEADS, KV_HEADS, WIDTH = 80, 64, 8, 128  # of Llama 3.1 70B
CACHED_VALUES = 2 * LAYERS * KV_HEADS * WIDTH  # of a token


def high(name):
    return assumptions.known().loc[name, "high"]


def sheet(name):
    return tables.wide("accelerators").loc[name]


def parameters(name):
    return tables.figure("models", name, "parameters")


def active(name):
    return tables.figure("models", name, "active_parameters")


# By chapter: values to re-run it with, and which number of its text then is that of a solution.
# Commands of the text are read from it, so that the same key stands here for them: the exercise.
RERUN = {
    "01_training_vs_inference": {
        2: {"ti_x_share": "ti_capital_share"},
        3: {
            "ti_x_factor": "ti_inference_factor",
            "ti_x_month": "ti_month",
            "ti_x_when": "ti_when",
        },
    },
    "02_why_inference_costs_matter": {2: {"va_x_left": "va_mean_left"}},
    "03_1_long_context": {2: {"lc_x_saved": "lc_saved"}, 5: {"lc_x_calls": "lc_task_usd"}},
    "03_2_search_scale": {5: {"ss_x_longer": "ss_large"}},
    "03_3_memory_wall": {
        2: {"mw_x_answer": "mw_critical_batch"},
        5: {"mw_peak_one": "mw_peak_page"},
    },
    "03_4_operating_costs": {2: {"oc_e_token": "oc_token"}},
    "04_barriers_to_entry": {
        2: {"ba_x_idle": "ba_even", "ba_x_idle_from": "ba_even_from"},
        5: {"ba_x_staffed": "ba_even", "ba_x_staffed_from": "ba_even_from"},
    },
    "05_efficiency_levers": {2: {"lv_x_left": "lv_together"}},
    "06_conclusion": {
        2: {"co_x_share": "co_page_share"},
        3: {"co_x_mostly": "co_mostly", "co_x_serving": "co_serving", "co_x_then": "co_page_share"},
    },
}

# The same, where the solution names a run that the exercise doesn't.
ALSO = {
    "01_training_vs_inference": [
        (
            lambda v: {"electricity_price": high("electricity_price")},
            {"ti_x_dear": "ti_capital_share"},
        ),
    ],
    "03_2_search_scale": [
        (
            lambda v: {"search_input_tokens": v.input_tokens},
            {"ss_x_plain": "ss_large", "ss_list_plain": "ss_best"},
        ),
    ],
}


def training(v, said):
    run = said["ti_average"] - said["ti_serving_average"]
    return {
        "ti_x_even": high("run_cost")
        / (v.retraining_interval * MONTH)
        / said["ti_chat_cost"]
        * 1e3,
        "ti_x_cost": v.run_cost_growth / 3,
        "ti_x_twice": said["ti_serving_average"] + 2 * run,
        "ti_x_grant": run / 2,
    }


def value(v, said):
    even = v.subscription_price / MONTH / (said["va_own"] / 1000)
    losing = 100 * exp(-sqrt(2 * even / v.subscriber_messages))
    lost = v.free_messages * MONTH * v.message_cost - v.ad_revenue
    gained = v.subscription_price - v.subscriber_messages * MONTH * v.message_cost
    return {
        "va_x_even": even,
        "va_x_losing": losing,
        "va_x_safe": "nearly safe" if losing < 0.1 else "still a bet",
        "va_x_elasticity": log10(2),
        "va_x_free": v.ad_revenue / v.message_cost / MONTH,
        "va_x_sends": v.free_messages,
        "va_x_payers": 100 * lost / (lost + gained),
    }


def context(v, said):
    def flops(tokens):  # each token looks at half of them, on average
        attention = 2 * LAYERS * HEADS * WIDTH * tokens**2
        return 2 * active("llama-3.1-70b") * tokens + attention

    turn = v.input_tokens + v.output_tokens
    return {
        "lc_x_eight": active("llama-3.1-8b") / (32 * 32 * 128),
        "lc_x_exponent": 1.5,
        "lc_x_doubled": flops(2 * v.input_tokens) / flops(v.input_tokens),
        "lc_x_million": flops(2e6) / flops(1e6),
        "lc_x_fits": 2.0,
        "lc_x_calls_share": 100 * said["lc_x_calls"] / said["lc_task_usd"],
        "lc_x_turns": sheet("H100").memory / (turn * CACHED_VALUES * v.bytes_per_cached_value),
    }


def search(v, said):
    tokens = v.gpt3_query_cost / (said["ss_davinci_price"] / 1e6)
    return {
        "ss_x_tokens": tokens,
        "ss_x_answer": max(tokens - v.input_tokens, 0),
        "ss_x_breakeven": 1000 * v.gpt3_query_cost / v.search_operating_margin,
        "ss_x_share": 100 * v.llm_share,
        "ss_x_clicks": 100 * said["ss_large"] / said["ss_revenue"],
        "ss_x_all_clicks": 100 * v.search_operating_margin / v.llm_share,
    }


def memory(v, said):
    experts, dense = "deepseek-v3", "llama-3.1-70b"
    weight = v.bytes_per_weight * parameters(dense)
    spread = parameters(experts) / active(experts) * active(dense) / parameters(dense)
    return {
        "mw_x_experts": said["mw_peak_tokens"] * spread,
        "mw_x_wall": "memory" if said["mw_x_answer"] > v.batch else "arithmetic",
        "mw_x_ridge": sheet("H100").fp8 / sheet("H100").bandwidth,
        "mw_x_parity": said["mw_weights"] * 1e9 / (v.batch * CACHED_VALUES),
        "mw_x_drafted": 2.5 * 8 * sheet("H100").bandwidth / weight,
    }


def operations(v, said):
    def spare(replicas):  # the model stays within one below and two above the binomial's
        works = v.accelerator_failure_interval * HOURS / v.replica_accelerators
        available = works / (works + high("repair_time"))
        owned = replicas + np.arange(replicas)
        least = owned[binom.sf(replicas - 1, owned, available) >= 1 - v.shortage_chance][0]
        return [100 * (bound / replicas - 1) for bound in (least - 1, least + 2)]

    price = (v.accelerator_capital + v.network_capital) * (1 - v.residual_value)
    draw = v.idle_power + (1 - v.idle_power) * v.utilisation
    return {
        "oc_e_hundred": spare(100),
        "oc_e_many": spare(10000),
        "oc_e_dearer": 100 * (said["oc_e_token"] / said["oc_token"] - 1),
        "oc_e_four": price / (4 * HOURS),
        "oc_e_six": price / (6 * HOURS),
        "oc_e_year": v.all_in_power * draw * HOURS * v.electricity_price,
        "oc_e_mean": 100 * draw,
        "oc_e_carbon": v.all_in_power * draw * 0.04,  # 400 g at 100 USD a ton
    }


def barriers(v, said):
    given, seen = assumptions.in_base_units(vars(v)), hosting.day()
    lengths = {"input_tokens": seen.input_tokens, "output_tokens": seen.output_tokens}
    few = hosting.spread(given, "deepseek-v3", "H100", 16, 8.0, given.cache_hits, **lengths)
    return {
        "ba_x_few": 16 * v.rental / 3600 / few.throughput * 1e6 / said["ba_large_cost"],
        "ba_x_wait": log(max(said["ba_run"] / 200, 1)) / log(v.capability_decline),
        "ba_x_firms": ((v.office_peak - v.world_peak) / (2 - v.world_peak)) ** 2,
        "ba_x_states": ceil(said["ba_programme"] * 1000 / 200),
    }


def levers(v, said):
    pulled = ("narrow numbers", "speculation", "a cascade")
    left = engine.answer(assumptions.in_base_units(vars(v)), pulled).cost * 1000
    return {
        "lv_x_three": said["lv_before_cost"] / left,
        "lv_x_together": 1 / (1 / 4 + 3 / 16),
        "lv_x_product": (1 / (1 / 4 + 3 / 8)) ** 2,
        "lv_x_years": log2(said["lv_together"]),
        "lv_x_stored": said["lv_together"] / 0.7,
    }


def conclusion(v, said):
    company = v.company_cost / (v.requests_per_day * DAYS) * 1000
    holds = said["co_x_share"] > 50
    return {
        "co_x_double": said["co_lab_fee"] / 2 + said["co_lab_serving"],
        "co_x_verdict": "it holds" if holds else "the fee weighs more",
        "co_x_shared": said["co_fee"] / 10 + said["co_serving"],
        "co_x_clinic": company + said["co_serving"],
    }


BY_HAND = {
    "01_training_vs_inference": training,
    "02_why_inference_costs_matter": value,
    "03_1_long_context": context,
    "03_2_search_scale": search,
    "03_3_memory_wall": memory,
    "03_4_operating_costs": operations,
    "04_barriers_to_entry": barriers,
    "05_efficiency_levers": levers,
    "06_conclusion": conclusion,
}
