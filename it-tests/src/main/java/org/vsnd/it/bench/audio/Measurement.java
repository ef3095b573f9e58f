package org.vsnd.it.bench.audio;

import org.vsnd.cli.boot.BootException;
import org.vsnd.it.bench.BenchException;
import org.vsnd.it.bench.Document;

/** One part of the document. */
interface Measurement {
    /** Its heading. */
    String title();

    /** Measures; takes as long as it was told to when it was made. */
    void run() throws BenchException, BootException, InterruptedException;

    /** Writes down what was found, beside its goals. */
    void write(Document document);
}
