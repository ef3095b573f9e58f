// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.UnixDatagrams;
import org.vsnd.testing.LogLines;
import org.vsnd.testing.Waiting;

class SupervisorTest {
    private static final int CODE = 7;

    @TempDir
    Path folder;

    private Path program(String text) throws Exception {
        Path program = Files.writeString(folder.resolve("program"), "#!/bin/sh\n" + text + "\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    private Supervisor supervisor(Path program) throws Exception {
        SocketActivation nothing = new SocketActivation(List.of(), Map.of(), Optional.empty());
        return new Supervisor(List.of(program.toString()), nothing, null);
    }

    private static CompletableFuture<Integer> run(Supervisor supervisor) {
        CompletableFuture<Integer> code = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        code.complete(supervisor.run());
                    } catch (Exception e) {
                        code.completeExceptionally(e);
                    }
                },
                "supervisor");
        thread.start();
        return code;
    }

    @Test
    void aProgramThatCannotStartEndsIt() throws Exception {
        try (Supervisor supervisor = supervisor(program("sleep 0.3; exit " + CODE))) {
            assertThat(run(supervisor).get(10, TimeUnit.SECONDS)).isEqualTo(CODE);
        }
    }

    /** The first one serves. The next one dies at once, and then none can be started. */
    @Test
    void theOneThatServesOutlivesThoseThatCannotWait() throws Exception {
        Path pid = folder.resolve("pid");
        Path end = folder.resolve("end");
        Path program = program("if [ -e " + pid + " ]; then sleep 0.3; exit 3; fi; echo $$ > " + pid + ".new; mv " + pid
                + ".new " + pid + "; while [ ! -e " + end + " ]; do sleep 0.05; done; exit " + CODE);
        try (LogLines log = new LogLines(Supervisor.class);
                Supervisor supervisor = supervisor(program);
                UnixDatagrams worker = UnixDatagrams.to(supervisor.address())) {
            CompletableFuture<Integer> code = run(supervisor);
            Waiting.await("the first", () -> Files.exists(pid));
            worker.send("STANDBY=" + Files.readString(pid).strip());
            worker.send("READY=1");
            Waiting.await("the next", () -> log.lines().stream().anyMatch(line -> line.contains("has ended (3)")));
            Files.delete(program);
            Waiting.await("none", () -> log.lines().stream().anyMatch(line -> line.contains("cannot be started")));
            assertThat(code).isNotDone();
            worker.send("STOPPING=1");
            Files.createFile(end);
            assertThat(code.get(10, TimeUnit.SECONDS)).isEqualTo(CODE);
        }
    }
}
