"""The texts that the portal has for notices of definitions; a definition of its own brings `texts`."""

TEMPLATES = frozenset(
    {
        *("cosign-asked", "questions-asked", "reminder"),
        *("move-registered", "move-refused", "move-complete"),
        *("court-asks", "appeal-granted", "appeal-refused"),
    }
)
CHANNELS = frozenset({"portal", "email"})  # sms and letter need a provider that nobody has connected yet
