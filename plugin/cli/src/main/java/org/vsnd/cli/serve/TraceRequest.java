// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import java.io.IOException;
import java.nio.file.Path;
import org.vsnd.audio.file.FileTrouble;
import org.vsnd.spi.PluginException;
import org.vsnd.trace.record.TraceRecorder;

/**
 * What the operator wants recorded of one device.
 *
 * @param file the trace, created or emptied when the device is made
 * @param withData whether the bytes of long buffers are kept in a folder beside it
 */
public record TraceRequest(Path file, boolean withData) {
    /** Begins the recording. */
    TraceRecorder open() throws PluginException {
        try {
            return TraceRecorder.open(file, withData);
        } catch (IOException e) {
            throw new PluginException(
                    "cannot write " + FileTrouble.whole(file) + " (" + FileTrouble.why(e)
                            + "): give --record a file in a folder you may write to",
                    e);
        }
    }
}
