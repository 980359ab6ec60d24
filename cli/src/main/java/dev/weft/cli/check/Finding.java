package dev.weft.cli.check;

/**
 * What one check came to: for a person a state, a cause and a remedy; for scripts and for {@code docs/troubleshooting.md} a code.
 *
 * @param subject what was looked at, with what was found
 * @param because empty where all is well
 * @param remedy what to do, best a command; empty where nothing
 */
public record Finding(Code code, State state, String subject, String because, String remedy) {
    /** In the order of how bad it is. */
    public enum State {
        OK,
        WARN,
        FAIL
    }

    /** The group in which a check is listed. */
    public enum Group {
        KUBERNETES("Kubernetes"),
        CONTROL("Control plane"),
        WEBHOOKS("Webhooks"),
        INJECTION("Injection"),
        DATA("Data plane");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    /** All checks. A code is never given twice; each has its paragraph in docs/troubleshooting.md. */
    public enum Code {
        WC01(Group.KUBERNETES),
        WC02(Group.KUBERNETES),
        WC03(Group.KUBERNETES),
        WC04(Group.KUBERNETES),
        WC05(Group.KUBERNETES),
        WC06(Group.KUBERNETES),
        WC11(Group.CONTROL),
        WC12(Group.CONTROL),
        WC13(Group.CONTROL),
        WC21(Group.WEBHOOKS),
        WC22(Group.WEBHOOKS),
        WC23(Group.WEBHOOKS),
        WC31(Group.INJECTION),
        WC32(Group.INJECTION),
        WC33(Group.INJECTION),
        WC34(Group.INJECTION),
        WC41(Group.DATA),
        WC42(Group.DATA),
        WC43(Group.DATA);

        private final Group group;

        Code(Group group) {
            this.group = group;
        }

        public Group group() {
            return group;
        }
    }

    public static Finding ok(Code code, String subject) {
        return new Finding(code, State.OK, subject, "", "");
    }

    public static Finding warn(Code code, String subject, String because, String remedy) {
        return new Finding(code, State.WARN, subject, because, remedy);
    }

    public static Finding fail(Code code, String subject, String because, String remedy) {
        return new Finding(code, State.FAIL, subject, because, remedy);
    }
}
