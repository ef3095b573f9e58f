// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A sound card's mixer for tests: {@code src/test/c/jackctl.c}, loaded by the real libasound. Every mixer named {@code hw:ID} and the
 * one named {@code desk} has the elements of the file {@code ID} or {@code desk} in the folder.
 */
final class JackCard {
    private final Path folder;

    /** @param folder empty; the configuration is in use until {@link AlsaConfigFile#forget} */
    JackCard(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        Path library = folder.resolve("jackctl.so");
        Process gcc = new ProcessBuilder(
                        "gcc",
                        "-O2",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-shared",
                        "-fPIC",
                        "-o",
                        library.toString(),
                        "src/test/c/jackctl.c",
                        "-l:libasound.so.2")
                .redirectErrorStream(true)
                .start();
        String output = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(gcc.waitFor()).as(output).isZero();
        AlsaConfigFile.use(
                folder,
                "ctl_type.jackctl { lib \"" + library + "\" }",
                "ctl.desk { type jackctl file \"" + folder + "/desk\" }",
                "ctl.!hw { @args [ CARD ] @args.CARD { type string } type jackctl",
                "file { @func concat strings [ \"" + folder + "/\" $CARD ] } }");
    }

    /**
     * Plugs and unplugs.
     *
     * @param elements {@code IFACE TYPE VALUE NAME} each
     */
    void set(String id, String... elements) throws IOException {
        Path next = folder.resolve(id + ".next");
        Files.writeString(next, String.join("\n", elements) + "\n");
        Path file = folder.resolve(id);
        if (Files.exists(file)) {
            Files.write(file, Files.readAllBytes(next)); // not moved: the card watches this one
        } else {
            Files.move(next, file); // there at once, and whole
        }
    }

    /** Takes the card out of the machine. */
    void remove(String id) throws IOException {
        Files.delete(folder.resolve(id));
    }
}
