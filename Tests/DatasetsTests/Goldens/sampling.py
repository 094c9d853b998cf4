#!/usr/bin/env python3
"""Prints the permutations that SamplerTests and SplitTests expect.

    python3 Tests/DatasetsTests/Goldens/sampling.py

Written from the definitions, not from the Swift code: Philox4x32-10 (Salmon et al. 2011), Lemire's unbiased integers (2019), Durstenfeld's
shuffle (1964), and the counter layout that RandomStream documents.
"""

SHUFFLE, SPLIT = 2, 3
MASK = 0xFFFFFFFF


def philox(counter, key):
    counter, key = list(counter), list(key)
    for _ in range(10):
        first, second = counter[0] * 0xD2511F53, counter[2] * 0xCD9E8D57
        counter = [
            second >> 32 ^ counter[1] ^ key[0], second & MASK,
            first >> 32 ^ counter[3] ^ key[1], first & MASK,
        ]
        key = [(key[0] + 0x9E3779B9) & MASK, (key[1] + 0xBB67AE85) & MASK]
    return counter


def words(seed, purpose, index):
    block = 0
    while True:
        yield from philox((block, purpose << 24, index & MASK, 0), (seed & MASK, seed >> 32))
        block += 1


def below(bound, source):
    while True:
        product = next(source) * bound
        if product & MASK >= (1 << 32) % bound:
            return product >> 32


def shuffled(items, source):
    items = list(items)
    for last in range(len(items) - 1, 0, -1):
        chosen = below(last + 1, source)
        items[last], items[chosen] = items[chosen], items[last]
    return items


if __name__ == "__main__":
    # The generator's own published answer for counter and key of zeros (Random123, kat_vectors).
    assert philox((0, 0, 0, 0), (0, 0)) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    print("sampler, 20 samples, seed 7, epoch 0:", shuffled(range(20), words(7, SHUFFLE, 0)))
    print("sampler, 20 samples, seed 7, epoch 3:", shuffled(range(20), words(7, SHUFFLE, 3)))
    print("split, 20 samples, a quarter, seed 1:", sorted(shuffled(range(20), words(1, SPLIT, 0))[:5]))
