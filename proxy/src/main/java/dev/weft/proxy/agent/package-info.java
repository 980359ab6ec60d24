/**
 * What stands beside the data path: the workload's certificate (asked for, checked, rotated), the local agent that serves it to a
 * foreign proxy over a Unix socket, and the reports to the control plane.
 *
 * <p>Imports {@code proxy.identity}, {@code proxy.telemetry} and gRPC. Keys are made here and never leave the process but over that
 * socket.
 */
@NullMarked
package dev.weft.proxy.agent;

import org.jspecify.annotations.NullMarked;
