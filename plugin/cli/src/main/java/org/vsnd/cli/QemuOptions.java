// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.boot.AttachingQemu;
import org.vsnd.cli.serve.Front;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say which QEMU runs the guest. */
final class QemuOptions {
    private static final String AUTO = "auto";

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--qemu",
            paramLabel = "PATH",
            description =
                    "The QEMU to use (default: the installed qemu-system-x86_64 if it can attach the card, else one"
                            + " that is fetched).")
    private @Nullable String program;

    @Option(
            names = "--attach",
            paramLabel = "HOW",
            defaultValue = AUTO,
            description = "How QEMU attaches the card: vfio-user (QEMU 10.1 or later), vhost-user (9.0 or later) or"
                    + " auto, the first of these that it can (default: ${DEFAULT-VALUE}).")
    private String attach = AUTO;

    /** What was asked for. */
    AttachingQemu.Wish wish() {
        if (attach.equals(AUTO)) {
            return new AttachingQemu.Wish(program, null);
        }
        Front front = Stream.of(Front.values())
                .filter(each -> each.protocol().equals(attach))
                .findFirst()
                .orElseThrow(() -> {
                    if (spec == null) {
                        throw new IllegalStateException("no command line");
                    }
                    return new ParameterException(
                            spec.commandLine(), "--attach " + attach + " is wrong: give vfio-user, vhost-user or auto");
                });
        return new AttachingQemu.Wish(program, front);
    }
}
