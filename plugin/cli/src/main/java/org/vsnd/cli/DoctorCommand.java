// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.BackendException;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.doctor.Doctor;
import org.vsnd.cli.doctor.Finding;
import org.vsnd.cli.doctor.TestTone;
import org.vsnd.plugin.HostAudio;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.TimeBase;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vsnd doctor}: says what is there, what is missing and how to get it. */
@Command(
        name = "doctor",
        header = "Says what this machine has and lacks, and which command installs it.",
        description = {
            "",
            "Each line begins with ok, later (vsnd boot will fetch it), note (vsnd boot works without it) or"
                    + " missing (vsnd boot does not work without it). Also lists the hypervisors that are installed, with the protocols by which each can attach the"
                    + " card, and the host's sinks, sources and PCMs, as --backend names them."
                    + " Changes nothing.",
            ""
        },
        footer = {
            "",
            "Exit code 0 if vsnd boot would work here, else 1. With --tone: 0 if the tone",
            "was played to its end."
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class DoctorCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--tone", description = "Only plays a tone for a second, on the path of a guest's sound.")
    private boolean tone;

    @Option(
            names = "--backend",
            paramLabel = "SPEC",
            description = "Where --tone plays (default: ${DEFAULT-VALUE}); vsnd serve --help lists the kinds.",
            defaultValue = HostAudio.AUTO)
    private String backend = HostAudio.AUTO;

    @Override
    public Integer call() throws PluginException, InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (tone) {
            return playTone(out);
        }
        List<Finding> findings = new Doctor(CacheFolder.standard(System.getenv())).examine();
        findings.forEach(finding -> out.println(finding.line()));
        boolean healthy = Doctor.healthy(findings);
        out.println(healthy ? "./vsnd boot will work here." : "./vsnd boot cannot work here: see \"missing\" above.");
        out.flush();
        return healthy ? 0 : 1;
    }

    private int playTone(PrintWriter out) throws PluginException, InterruptedException {
        try (AudioBackend host = HostAudio.open(backend, TimeBase.WALL)) {
            TestTone played = TestTone.play(host);
            out.println(played.line());
            out.flush();
            return played.heard() ? 0 : 1;
        } catch (BackendException e) {
            throw new PluginException(String.valueOf(e.getMessage()), e);
        }
    }
}
