package dev.weft.tests.capture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * A program in a network namespace, told by its standard input what to do, a line per command, and answering with a line each. JDK only,
 * one class file: it runs as users who may read nothing of this project.
 *
 * <pre>
 * serve HOST PORT NAME     answers each line that a connection sends with its name and the two ends of the connection
 * greet HOST PORT NAME     the same, but speaks first
 * answer HOST PORT NAME    the same for datagrams
 * call HOST PORT           sends a line and gives the answer
 * listen HOST PORT         connects, and gives what the server says first
 * ask HOST PORT LOCALPORT  sends a datagram and gives the answer; 0 for any local port
 * get HOST PORT PATH [HEADER=VALUE]     an HTTP request; gives status line and body
 * http HOST PORT NAME      serves HTTP: the body is the name, the ends and the request's headers
 * relay HOST PORT TOPORT   takes connections and forwards them to a port of 127.0.0.1
 * </pre>
 */
public final class NetProbe {
    private static final int LIMIT_MILLIS = 5_000;

    private NetProbe() {}

    /** Reads commands until the input ends. */
    public static void main(String[] args) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String answer;
            try {
                answer = "ok " + run(line.split(" "));
            } catch (IOException e) {
                answer = "failed " + e;
            }
            System.out.println(answer.replace("\r", "").replace('\n', '|'));
            System.out.flush();
        }
        System.exit(0);
    }

    private static String run(String[] words) throws IOException {
        InetAddress host = InetAddress.getByName(words[1]);
        int port = Integer.parseInt(words[2]);
        return switch (words[0]) {
            case "serve" -> serve(host, port, words[3], false);
            case "greet" -> serve(host, port, words[3], true);
            case "http" -> http(host, port, words[3]);
            case "answer" -> answer(host, port, words[3]);
            case "relay" -> relay(host, port, Integer.parseInt(words[3]));
            case "call" -> call(host, port, "hello\n");
            case "listen" -> call(host, port, "");
            case "ask" -> ask(host, port, Integer.parseInt(words[3]));
            case "get" -> get(host, port, words[3], words.length > 4 ? words[4] : "");
            default -> throw new IOException("unknown command " + words[0]);
        };
    }

    private static String serve(InetAddress host, int port, String name, boolean first) throws IOException {
        ServerSocket server = bind(host, port);
        daemon(() -> {
            while (true) {
                Socket client = server.accept();
                daemon(() -> {
                    try (client) {
                        client.setSoTimeout(LIMIT_MILLIS);
                        if (first || line(client.getInputStream()).equals("hello")) {
                            write(client, describe(name, client) + "\n");
                        }
                    }
                });
            }
        });
        return "";
    }

    private static String http(InetAddress host, int port, String name) throws IOException {
        ServerSocket server = bind(host, port);
        daemon(() -> {
            while (true) {
                Socket client = server.accept();
                daemon(() -> {
                    try (client) {
                        client.setSoTimeout(LIMIT_MILLIS);
                        InputStream in = client.getInputStream();
                        StringBuilder head = new StringBuilder();
                        for (String line = line(in); !line.isEmpty(); line = line(in)) {
                            head.append(line).append('\n');
                        }
                        String body = describe(name, client) + "\n" + head;
                        write(
                                client,
                                "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\ncontent-length: "
                                        + body.length() + "\r\n\r\n" + body);
                    }
                });
            }
        });
        return "";
    }

    private static String relay(InetAddress host, int port, int target) throws IOException {
        ServerSocket server = bind(host, port);
        daemon(() -> {
            while (true) {
                Socket client = server.accept();
                Socket there = new Socket(InetAddress.getLoopbackAddress(), target);
                daemon(() -> copy(client, there));
                daemon(() -> copy(there, client));
            }
        });
        return "";
    }

    private static void copy(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        }
    }

    private static ServerSocket bind(InetAddress host, int port) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(host, port));
        return server;
    }

    private static String describe(String name, Socket client) {
        return name + " peer=" + client.getInetAddress().getHostAddress() + " local="
                + text(client.getLocalSocketAddress());
    }

    private static String text(SocketAddress address) {
        InetSocketAddress inet = (InetSocketAddress) address;
        return inet.getAddress().getHostAddress() + ":" + inet.getPort();
    }

    private static String call(InetAddress host, int port, String request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), LIMIT_MILLIS);
            socket.setSoTimeout(LIMIT_MILLIS);
            write(socket, request);
            String answer = line(socket.getInputStream());
            if (answer.isEmpty()) {
                throw new IOException("closed without an answer");
            }
            return answer;
        }
    }

    private static String get(InetAddress host, int port, String path, String header) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), LIMIT_MILLIS);
            socket.setSoTimeout(2 * LIMIT_MILLIS);
            String extra = header.isEmpty() ? "host: probe\r\n" : header.replaceFirst("=", ": ") + "\r\n";
            write(socket, "GET " + path + " HTTP/1.1\r\n" + extra + "connection: close\r\n\r\n");
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (all.isEmpty()) {
                throw new IOException("closed without an answer");
            }
            return all;
        }
    }

    private static String answer(InetAddress host, int port, String name) throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(host, port));
        daemon(() -> {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[512], 512);
                socket.receive(packet);
                byte[] text = (name + " peer=" + packet.getAddress().getHostAddress()).getBytes(StandardCharsets.UTF_8);
                socket.send(new DatagramPacket(text, text.length, packet.getSocketAddress()));
            }
        });
        return "";
    }

    private static String ask(InetAddress host, int port, int local) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(local)) {
            socket.connect(host, port);
            socket.setSoTimeout(LIMIT_MILLIS);
            byte[] question = "who?".getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(question, question.length));
            DatagramPacket packet = new DatagramPacket(new byte[512], 512);
            socket.receive(packet);
            return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static void daemon(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException e) {
                System.err.println("probe: " + e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** What may fail for reasons of the network. */
    private interface Task {
        void run() throws IOException;
    }
}
