package dev.weft.proxy.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend whose every connection runs the same script in a thread of its own. */
final class Origin implements AutoCloseable {
    /** What to do with a connection; it is closed behind it. */
    interface Script {
        void run(Wire wire) throws IOException, InterruptedException;
    }

    private final ServerSocket socket;
    final AtomicInteger connections = new AtomicInteger();

    Origin(Script script) throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!socket.isClosed()) {
                try {
                    Socket accepted = socket.accept();
                    connections.incrementAndGet();
                    Thread.ofVirtual().start(() -> serve(accepted, script));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    /** Whatever is asked first, this is said and the connection closed. */
    static Script answering(String response) {
        return wire -> {
            wire.head();
            wire.send(response);
        };
    }

    int port() {
        return socket.getLocalPort();
    }

    private static void serve(Socket accepted, Script script) {
        try (Wire wire = new Wire(accepted)) {
            script.run(wire);
        } catch (IOException e) {
            // The proxy closed the connection: the tests look at the proxy's side.
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts a backend", e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
