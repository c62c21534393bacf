"""Each question's answer by hand, from values in the table's units, without the library."""

DAYS = 365.25  # of a year
HOURS = DAYS * 24


def machine_part(v):
    machine = v.accelerator_capital / v.accelerator_life
    return 100 * machine / (machine + v.all_in_power * HOURS * v.electricity_price)


def mean_user(v):
    return v.paying_share * v.subscription_price + (1 - v.paying_share) * v.ad_revenue


def mean_messages(v):  # a day
    return v.paying_share * v.subscriber_messages + (1 - v.paying_share) * v.free_messages


def room_for_gpt3(v):
    earned = v.search_revenue / 1000 / v.queries_per_year
    if v.gpt3_query_cost < earned * v.search_operating_margin:
        return "It leaves a profit"
    if v.gpt3_query_cost < earned:
        return "It takes all the profit, and less than the revenue"
    return "It takes more than the whole revenue"


def accepted(v):
    chance, tokens = 1.0, 1.0
    whole = int(v.drafts)
    for _ in range(whole):
        chance *= v.draft_acceptance
        tokens += chance
    return tokens


def entry_fee(v):
    a_year = v.run_cost * 1e6 / v.share_of_final_runs * 12 / v.retraining_interval
    return (a_year + v.company_cost * 1e6) / (v.requests_per_day * 1e6 * DAYS) * 1000


BY_HAND = {
    "run_in_a_request": lambda v: (
        v.run_cost
        / (v.requests_per_day * v.retraining_interval / 12 * DAYS)  # millions over millions
        * 1000
    ),
    "pictures_in_an_hour": lambda v: v.rental / (3600 * v.image_rate * v.utilisation) * 1000,
    "machine_in_the_bill": machine_part,
    "faster_bill": lambda v: (
        "The bill for inference"
        if v.request_growth * v.request_cost_growth > v.run_cost_growth
        else "The bill for training"
    ),
    "month_of_messages": lambda v: v.subscriber_messages * DAYS / 12 * v.message_cost,
    "mean_user": mean_user,
    "messages_that_a_price_pays": lambda v: v.subscription_price / v.message_cost / (DAYS / 12),
    "service_on_the_mean": lambda v: (
        "It gains on the mean user"
        if mean_user(v) > mean_messages(v) * DAYS / 12 * v.message_cost
        else "It loses on the mean user"
    ),
    "tokens_left_to_read": lambda v: v.task_calls * v.task_input_tokens * (1 - v.repeat_hits),
    "time_to_read": lambda v: v.output_tokens / v.reading_speed,
    "tokens_that_nobody_sees": lambda v: v.output_tokens * v.reasoning_multiple - v.output_tokens,
    "hour_in_use": lambda v: v.replica_accelerators * v.rental / v.utilisation,
    "first_or_later": lambda v: (
        "All later calls together"
        if (v.task_calls - 1) * (1 - v.repeat_hits) > 1
        else "The first reading of the document"
    ),
    "search_earns": lambda v: v.search_revenue * 1e9 / (v.queries_per_year * 1e12) * 1000,
    "three_cents_for_all": lambda v: v.queries_per_second * v.gpt3_query_cost * HOURS * 3600 / 1e9,
    "small_model_runs": lambda v: (
        100 * v.llm_share * (1 - v.answer_cache_hits) * v.small_model_share
    ),
    "room_for_gpt3": room_for_gpt3,
    "work_for_a_byte": lambda v: 2 * v.batch / v.bytes_per_weight,
    "joules_of_a_byte": lambda v: v.energy_per_byte / v.energy_per_flop,
    "price_of_a_prompt": lambda v: 100 * (1 - v.cache_hits) + 100 * v.cache_hits * v.cached_price,
    "energy_of_a_weight": lambda v: (
        "The arithmetic that is done with it"
        if 2 * v.batch / v.bytes_per_weight * v.energy_per_flop > v.energy_per_byte
        else "Moving the byte"
    ),
    "electricity_of_a_year": lambda v: v.all_in_power * HOURS * v.electricity_price,
    "hour_written_off": lambda v: (
        (v.accelerator_capital - v.accelerator_capital * v.residual_value)
        / (v.accelerator_life * HOURS)
    ),
    "mean_draw": lambda v: 100 * v.utilisation + 100 * (1 - v.utilisation) * v.idle_power,
    "interest_or_electricity": lambda v: (
        "A year's interest on its price"
        if v.accelerator_capital * v.cost_of_capital > v.all_in_power * HOURS * v.electricity_price
        else "A year's electricity"
    ),
    "bill_of_an_api": lambda v: (
        (v.input_tokens * v.api_input_price + v.output_tokens * v.api_output_price) / 1e6 * 1000
    ),
    "purse_for_the_frontier": lambda v: (
        v.frontier_run_cost / 1000 / v.share_of_final_runs / v.purse_share
    ),
    "two_years_later": lambda v: v.capability_decline * v.capability_decline,
    "fuller_in_company": lambda v: v.office_peak / v.world_peak,
    "machines_or_people": lambda v: (
        "The machines"
        if 8 * v.least_replicas * v.rental * HOURS > v.operators * v.operator_pay * 1000
        else "The people"
    ),
    "tokens_of_a_pass": accepted,
    "gain_of_drafts": lambda v: accepted(v) / (1 + v.drafts * v.draft_cost),
    "saving_of_night_work": lambda v: 100 - 100 * v.utilisation / v.filled_utilisation,
    "kilowatt_hour_from_a_battery": lambda v: (
        v.battery_price * 3600 / (v.battery_capacity * v.battery_cycles)
    ),
    "hour_of_writing": lambda v: v.device_price / (v.device_life * HOURS * v.device_busy),
    "prompt_or_answer": lambda v: (
        "What is left of the prompt to compute"
        if v.input_tokens - v.input_tokens * v.cache_hits > v.output_tokens
        else "The answer"
    ),
    "entry_fee": entry_fee,
    "revenue_of_a_year": lambda v: v.requests_per_day * DAYS * v.request_revenue / 1000,
    "fleet_over_the_mean": lambda v: (
        v.peak_over_mean / (1 - v.headroom) + v.peak_over_mean / (1 - v.headroom) * v.spare
    ),
    "joules_on_a_phone": lambda v: v.device_parameters * 1e9 * v.weight_energy * 1e-12,
    "spending_on_tokens": lambda v: "It rises" if v.price_elasticity > 1 else "It falls",
}
