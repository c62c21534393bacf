"""What a transformer weighs, computes and remembers.

Sources: Kaplan et al., "Scaling Laws for Neural Language Models", 2020, section 2.1 (two FLOPs
for each weight and token); Pope et al., "Efficiently Scaling Transformer Inference", 2022 (the
key–value cache); Ainslie et al., "GQA", 2023 (fewer key–value heads than query heads); DeepSeek-AI,
"DeepSeek-V2", 2024 (latent attention).
"""

from ..units import (
    Byte,
    BytePerSecond,
    BytePerToken,
    BytePerValue,
    Flop,
    FlopPerByte,
    FlopPerSecond,
    FlopPerToken,
    Number,
    Request,
    Share,
    Token,
    TokenPerRequest,
    Value,
    ValuePerToken,
)


def weight_bytes(parameters: Value, bytes_per_value: BytePerValue) -> Byte:
    """Memory that the weights fill.

    Parameters
    ----------
    parameters : stored weights [value]
    bytes_per_value : 2 at bf16, 1 at fp8, 0.5 at fp4 [B/value]

    >>> weight_bytes(70e9, 2) / 1e9
    140.0
    """
    return parameters * bytes_per_value


def forward_flops(active_parameters: Value, tokens: Token) -> Flop:
    """Arithmetic of the weights in a forward pass: a multiplication and an addition each.

    Parameters
    ----------
    active_parameters : weights that a token passes through [value]
    tokens : tokens in the pass [token]

    >>> forward_flops(70e9, 1000) == 1.4e14
    True
    """
    return 2 * active_parameters * tokens


def kv_values_per_token(layers: Number, kv_heads: Number, head_dim: ValuePerToken) -> ValuePerToken:
    """Keys and values that each token leaves in the cache, with grouped or multi-head attention.

    Parameters
    ----------
    layers : of the model [1]
    kv_heads : key–value heads, which are fewer than the query heads in most models [1]
    head_dim : width of one head [value/token]

    Llama-3-70B has 80 layers and 8 key–value heads of 128:

    >>> kv_values_per_token(80, 8, 128)
    163840
    """
    return 2 * layers * kv_heads * head_dim


def latent_values_per_token(layers: Number, kv_rank: ValuePerToken) -> ValuePerToken:
    """What each token leaves in the cache with latent attention, keys and values in one.

    Parameters
    ----------
    layers : of the model [1]
    kv_rank : width of the latent, with the rotary part [value/token]

    DeepSeek-V3: 61 layers, 512 and 64 wide.

    >>> latent_values_per_token(61, 576)
    35136
    """
    return layers * kv_rank


def kv_bytes_per_token(kv_values: ValuePerToken, bytes_per_value: BytePerValue) -> BytePerToken:
    """Memory that each token of context fills in the cache.

    Parameters
    ----------
    kv_values : keys and values of one token [value/token]
    bytes_per_value : 2 at bf16, 1 at fp8 or int8 [B/value]

    Llama-3-70B at bf16 (Austin et al., *How to Scale Your Model*: 160 kB at int8):

    >>> kv_bytes_per_token(163840, 2)
    327680
    """
    return kv_values * bytes_per_value


def prefill_attention_flops(
    layers: Number, query_heads: Number, head_dim: ValuePerToken, tokens: Token
) -> Flop:
    """Arithmetic of causal attention over a prompt: each token attends to those before it.

    Parameters
    ----------
    layers, query_heads : of the model [1]
    head_dim : width of one head [value/token]
    tokens : length of the prompt [token]

    >>> prefill_attention_flops(80, 64, 128, 1000) / forward_flops(70e9, 1000) < 0.01
    True
    """
    return 2 * layers * query_heads * head_dim * tokens * tokens


def decode_attention_flops(
    layers: Number, query_heads: Number, head_dim: ValuePerToken, context: Token
) -> FlopPerToken:
    """Arithmetic of attention for one more token after ``context`` tokens.

    Parameters
    ----------
    layers, query_heads : of the model [1]
    head_dim : width of one head [value/token]
    context : tokens before it [token]

    >>> decode_attention_flops(80, 64, 128, 1000)
    2621440000
    """
    return 4 * layers * query_heads * head_dim * context


def quadratic_crossover(
    active_parameters: Value, layers: Number, query_heads: Number, head_dim: ValuePerToken
) -> Token:
    """Prompt length at which attention's arithmetic equals that of the weights.

    Parameters
    ----------
    active_parameters : weights that a token passes through [value]
    layers, query_heads : of the model [1]
    head_dim : width of one head [value/token]

    >>> round(quadratic_crossover(70.6e9, 80, 64, 128))
    107727
    """
    return active_parameters / (layers * query_heads * head_dim)


def experts_touched(chosen: Share, tokens: Number) -> Share:
    """Share of the experts that a step reads, when tokens choose independently and evenly.

    Parameters
    ----------
    chosen : experts that a token goes through, as a share of a layer's experts [share]
    tokens : in the step [1]

    DeepSeek-V3 sends a token through 8 of 256 experts:

    >>> experts_touched(8 / 256, 1), round(experts_touched(8 / 256, 100), 2)
    (0.03125, 0.96)
    """
    return 1 - (1 - chosen) ** tokens


def cache_parity(
    weights: Byte, batch: Request, kv_bytes_per_token: BytePerToken
) -> TokenPerRequest:
    """Context at which a step reads as much cache as weights.

    Parameters
    ----------
    weights : read in a step [B]
    batch : requests running at once [request]
    kv_bytes_per_token : cache of one token [B/token]

    Llama-3-70B at fp8 with 64 requests and a cache at bf16:

    >>> round(cache_parity(70.6e9, 64, 327680))
    3366
    """
    return weights / (batch * kv_bytes_per_token)


def longest_context(
    active_parameters: Value,
    tokens_per_pass: TokenPerRequest,
    kv_bytes_per_token: BytePerToken,
    intensity: FlopPerByte,
) -> TokenPerRequest:
    """Context beyond which decoding stays below ``intensity``, whatever the batch.

    Parameters
    ----------
    active_parameters : weights that a token passes through [value]
    tokens_per_pass : tokens that a pass yields for a request, 1 without speculation [token/request]
    kv_bytes_per_token : cache of one token [B/token]
    intensity : FLOPs for each byte [FLOP/B]

    >>> round(longest_context(70.6e9, 1, 327680, 108))
    3990
    """
    return 2 * active_parameters * tokens_per_pass / (intensity * kv_bytes_per_token)


def reload_break_even(
    kv_bytes_per_token: BytePerToken, active_parameters: Value, peak_flops: FlopPerSecond
) -> BytePerSecond:
    """Bandwidth from which on fetching a token's cache is faster than computing it again.

    Parameters
    ----------
    kv_bytes_per_token : cache of one token [B/token]
    active_parameters : weights that a token passes through [value]
    peak_flops : achieved arithmetic rate [FLOP/s]

    >>> round(reload_break_even(327680, 70.6e9, 660e12) / 1e9, 2)
    1.53
    """
    return kv_bytes_per_token * peak_flops / (2 * active_parameters)
