"""Cases and how they run: definitions, the engine, steps, timers, decisions and dispatch."""
