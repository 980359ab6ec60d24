package dev.weft.proxy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT: the first one ends the process in order, the second one at once, which the JVM alone would not do. Its class
 * for signals is no official one, so it is looked for by name; without it the first signal works all the same.
 */
final class EndSignals {
    private static final Logger LOG = LoggerFactory.getLogger(EndSignals.class);
    private static final int KILLED_BY_TERM = 143;

    private EndSignals() {}

    @SuppressWarnings("ReferenceEquality") // a handler equals itself only
    static void install() {
        AtomicBoolean told = new AtomicBoolean();
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(
                    EndSignals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle" -> onSignal(told);
                            case "hashCode" -> {
                                return System.identityHashCode(proxy);
                            }
                            case "equals" -> {
                                return proxy == arguments[0];
                            }
                            default -> {
                                return "EndSignals";
                            }
                        }
                        return null;
                    });
            for (String name : new String[] {"TERM", "INT"}) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
            }
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | IllegalAccessException
                | InstantiationException
                | InvocationTargetException e) {
            LOG.debug("a second signal will not end the process at once cause={}", e.toString());
        }
    }

    private static void onSignal(AtomicBoolean told) {
        if (told.compareAndSet(false, true)) {
            new Thread(() -> System.exit(0), "weft-end").start();
        } else {
            Runtime.getRuntime().halt(KILLED_BY_TERM);
        }
    }
}
