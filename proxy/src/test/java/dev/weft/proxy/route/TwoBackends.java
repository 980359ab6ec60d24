package dev.weft.proxy.route;

import org.junit.jupiter.api.AfterEach;

/** What the tests of the router have: a router on a loop, and two backends that answer as told. */
abstract class TwoBackends {
    final ScriptedBackend one = new ScriptedBackend();
    final ScriptedBackend two = new ScriptedBackend();
    final RouterHarness harness = new RouterHarness();

    @AfterEach
    void close() {
        harness.close();
        one.close();
        two.close();
    }
}
