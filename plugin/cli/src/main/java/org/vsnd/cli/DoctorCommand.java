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

/** {@code vsnd doctor}: what is there, what is missing and how to get it. */
@Command(
        name = "doctor",
        description = {
            "Lists what is installed and what is missing, with the command that installs it, and the host's sinks,",
            "sources and PCMs. With --tone it plays a second of a tone, the way a guest's sound goes.",
            "Exit code 0 if ./vsnd boot would work, else 1. Changes nothing."
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class DoctorCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--tone", description = "Plays a test tone through the back end.")
    private boolean tone;

    @Option(
            names = "--backend",
            paramLabel = "SPEC",
            description = "Where --tone plays (default: ${DEFAULT-VALUE}), as ./vsnd serve has it.",
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
        out.println(
                healthy ? "./vsnd boot will work here." : "./vsnd boot cannot work here: see the lines \"missing\".");
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
