// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import org.vsnd.cli.boot.BootException;

/** One part of the document. */
public interface Measurement {
    /** Its heading. */
    String title();

    /** Measures; takes as long as it was told to when it was made. */
    void run() throws BenchException, BootException, InterruptedException;

    /** Writes down what was found, beside its goals. */
    void write(Document document);
}
