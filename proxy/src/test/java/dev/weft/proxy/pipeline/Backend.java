package dev.weft.proxy.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/** A TCP server whose connections each run a script on a thread of their own. */
final class Backend implements AutoCloseable {
    private final ServerSocket server;

    interface Script {
        void run(Socket connection) throws IOException;
    }

    Backend(Script script) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    }

    Backend(ServerSocket server, Script script) {
        this.server = server;
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket connection = server.accept();
                    Thread.ofVirtual().start(() -> {
                        try (connection) {
                            script.run(connection);
                        } catch (IOException e) {
                            // the test sees the other end
                        }
                    });
                }
            } catch (SocketException e) {
                // closed
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Sends everything back, and ends when the client ends. */
    static Backend echo() throws IOException {
        return new Backend(connection -> {
            connection.getInputStream().transferTo(connection.getOutputStream());
            connection.shutdownOutput();
        });
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
