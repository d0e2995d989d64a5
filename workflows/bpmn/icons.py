"""Signs of the kinds of step, as strokes inside a square of 20 by 20."""

PERSON = "M10 10a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8M3.5 17.5c.6-3.6 3.2-5.4 6.5-5.4s5.9 1.8 6.5 5.4"
AGENCY = "M2.5 7.5 10 3l7.5 4.5zM4.5 8v6.5M8.2 8v6.5M11.8 8v6.5M15.5 8v6.5M2.5 17.2h15M3.5 14.7h13"
LETTER = "M2.5 4.5h15v11h-15zM2.5 5l7.5 6 7.5-6"
SCALES = "M10 2.5v15M5.5 17.5h9M3.5 5.5h13M3.5 5.5 1 11.5h5zM16.5 5.5 14 11.5h5z"
CLOCK = "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15M10 5.5V10l3.2 2.2"
PAGE = "M4.5 2.5h7.5l3.5 3.5v11.5h-11zM12 2.5V6h3.5M7 10h6M7 13.2h6"
COIN = (
    "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15"
    "M12.7 7.2c-2.5-1.5-4.9-.1-4.9 2.8s2.4 4.3 4.9 2.8M6.6 9.2h4M6.6 11h4"
)
CALENDAR = "M3 4.5h14v13H3zM3 8.5h14M6.5 2.5v3.5M13.5 2.5v3.5M7 12.5h2M11 12.5h2"
BACK = "M7 4 3.5 7.5 7 11M3.5 7.5h8a4.6 4.6 0 0 1 0 9.2H7"
ROUND = "M16 6.5A7 7 0 1 0 17 10M16.5 2.8v4h-4"
MANY = "M5.5 3.5v13M10 3.5v13M14.5 3.5v13"
FORK = "M10 3v3.5M4.5 16.5V10c0-2 1.5-3.5 5.5-3.5s5.5 1.5 5.5 3.5v6.5M10 6.5v10"
HAND = "M4 10.5 8 14.5 16.5 5.5"
CALL = "M3 3.5h14v13H3zM7.5 10h5M10 7.5v5"
ASK = "M3 3.5h14v10H9l-3.5 3.5v-3.5H3zM6.5 7h7M6.5 10h4.5"

OF = {
    "lookup": AGENCY, "deliver": AGENCY, "event": AGENCY, "task": PERSON, "link": PERSON, "cosign": HAND,
    "questions": ASK, "decide": SCALES, "notify": LETTER, "timer": CLOCK, "document": PAGE, "payment": COIN,
    "appointment": CALENDAR, "compensate": BACK, "service": CALL, "repeat": MANY, "loop": ROUND,
    "parallel": FORK,
}  # fmt: skip
