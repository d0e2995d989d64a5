"""Where the agencies answer: their ports above the switchboard's."""

OFFSETS = {
    "npr": 1,
    "tax": 2,
    "vdr": 3,
    "laa": 4,
    "sia": 5,
    "brg": 6,
    "pen": 7,
    "hos": 8,
    "eastholm": 9,
    "vestvik": 10,
    "norrby": 11,
    "borealia": 12,
}
