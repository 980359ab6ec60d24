/**
 * gRPC calls of the proxy itself, over its own HTTP/2 client: to the control plane, and to applications that are probed by gRPC.
 *
 * <p>{@code RpcChannel} is a channel in gRPC's sense, so generated stubs work on it; what stands behind is the data path's codec and
 * connections, which a proxy has loaded anyway. A second HTTP/2 stack beside them would cost each sidecar as much memory as the whole
 * request path. Threads: connections and streams are confined to one event loop, callbacks come on the caller's executor. Imports
 * {@code proxy.upstream} and gRPC's API. Stations: {@code RpcChannel}, {@code RpcStream}.
 */
@NullMarked
package dev.weft.proxy.rpc;

import org.jspecify.annotations.NullMarked;
