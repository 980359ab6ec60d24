package dev.weft.resources;

import com.google.errorprone.annotations.Immutable;

/** The Gateway API's {@code GatewayClass}: which controller looks after the Gateways of the class. */
@Immutable
public record GatewayClass(ResourceMeta meta, String controllerName) implements Resource {
    /** The controller that this mesh is. */
    public static final String CONTROLLER = "weft.dev/gateway-controller";

    /** The class that is there without anybody writing it. */
    public static final String DEFAULT_NAME = "weft";

    public boolean ours() {
        return controllerName.equals(CONTROLLER);
    }
}
