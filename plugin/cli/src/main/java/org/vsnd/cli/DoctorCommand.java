package org.vsnd.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.doctor.Doctor;
import org.vsnd.cli.doctor.Finding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code vsnd doctor}: what is there, what is missing and how to get it. */
@Command(
        name = "doctor",
        description = {
            "Lists what is installed and what is missing, with the command that installs it.",
            "Exit code 0 if ./vsnd boot would work, else 1. Changes nothing."
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class DoctorCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        PrintWriter out = spec.commandLine().getOut();
        List<Finding> findings = new Doctor(CacheFolder.standard(System.getenv())).examine();
        findings.forEach(finding -> out.println(finding.line()));
        boolean healthy = Doctor.healthy(findings);
        out.println(
                healthy ? "./vsnd boot will work here." : "./vsnd boot cannot work here: see the lines \"missing\".");
        out.flush();
        return healthy ? 0 : 1;
    }
}
