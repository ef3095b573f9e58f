// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTroubleTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("the reasons of both of Java's ways to files are words without a class or a path")
    void reasonsAreWords() throws IOException {
        Path plain = Files.writeString(folder.resolve("plain"), "");

        assertThat(why(() -> Files.readString(folder.resolve("absent")))).isEqualTo("there is no such file or folder");
        assertThat(why(() -> Files.writeString(plain.resolve("below"), ""))).isEqualTo("Not a directory");
        assertThat(why(() -> Files.writeString(folder, ""))).isEqualTo("Is a directory");
        assertThat(why(() -> new RandomAccessFile(folder.toFile(), "rw").close()))
                .isEqualTo("Is a directory");
        assertThat(FileTrouble.why(new IOException("no samples"))).isEqualTo("no samples");
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private static String why(Attempt attempt) {
        return FileTrouble.why(catchThrowableOfType(IOException.class, attempt::run));
    }
}
