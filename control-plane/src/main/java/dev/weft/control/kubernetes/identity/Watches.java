package dev.weft.control.kubernetes.identity;

import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.function.Consumer;

/** How this room watches: for ever, through an API server that goes away, and one handler for all that may happen. */
final class Watches {

    private Watches() {}

    /** Starts {@code informer}, which calls {@code changed} with the newest version of an object, the last one if it was deleted. */
    static <T> void start(SharedIndexInformer<T> informer, Consumer<T> changed) {
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                changed.accept(object);
            }

            @Override
            public void onUpdate(T before, T object) {
                changed.accept(object);
            }

            @Override
            public void onDelete(T object, boolean lastStateUnknown) {
                changed.accept(object);
            }
        });
        informer.exceptionHandler((started, failure) -> true);
        informer.start();
    }
}
