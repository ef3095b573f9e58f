// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.nio.file.Path;
import java.util.Locale;
import org.vsnd.bench.BenchException;
import org.vsnd.cli.boot.BootException;

/** Kinds of host sound. */
enum HostKind {
    NULL {
        @Override
        HostSound open(GuestFormat format, int seconds, Path folder) {
            return new NullSound();
        }
    },
    WAV {
        @Override
        HostSound open(GuestFormat format, int seconds, Path folder) throws BenchException {
            return WavSound.make(format.sound(), seconds + SPARE_SECONDS, folder);
        }
    },
    PULSE {
        @Override
        HostSound open(GuestFormat format, int seconds, Path folder) throws BenchException, BootException {
            return PulseSound.start(format.sound(), seconds + SPARE_SECONDS, folder);
        }
    };

    /** For what starts before the guest, and ends after it. */
    static final int SPARE_SECONDS = 40;

    /**
     * Makes one.
     *
     * @param seconds how long the guest records
     * @param folder for its files
     */
    abstract HostSound open(GuestFormat format, int seconds, Path folder) throws BenchException, BootException;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
