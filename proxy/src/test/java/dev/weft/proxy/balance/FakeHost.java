package dev.weft.proxy.balance;

/** A host whose numbers a test sets. */
final class FakeHost implements Host {
    final String name;
    int weight = 1;
    int active;
    Availability availability = Availability.HEALTHY;

    FakeHost(String name) {
        this.name = name;
    }

    static FakeHost of(String name, int weight) {
        FakeHost host = new FakeHost(name);
        host.weight = weight;
        return host;
    }

    FakeHost active(int value) {
        active = value;
        return this;
    }

    FakeHost is(Availability value) {
        availability = value;
        return this;
    }

    @Override
    public int weight() {
        return weight;
    }

    @Override
    public int activeRequests() {
        return active;
    }

    @Override
    public Availability availability() {
        return availability;
    }

    @Override
    public String toString() {
        return name;
    }
}
