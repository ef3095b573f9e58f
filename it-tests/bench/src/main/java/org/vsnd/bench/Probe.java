// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.time.Duration;
import java.util.List;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.GuestAnswer;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.cli.boot.Tool;

/**
 * One run of pcmprobe in a guest; pcmprobe.c says what it does.
 *
 * @param card ALSA's number of the card
 * @param asksLatency whether it asks for the stream's status at each wake-up, and makes and checks a pattern; both cost
 *     time in the guest
 */
public record Probe(int card, StreamDirections direction, Shape shape, int seconds, boolean asksLatency) {
    private static final Duration SPARE = Duration.ofSeconds(60);

    /** The line of shell for one of the card's devices. */
    private String command(int device) {
        return "pcmprobe -c " + card + " -d " + device + " " + direction.probeOptions() + (asksLatency ? "" : " -N")
                + " -p " + shape.periodFrames() + " -b " + shape.bufferFrames() + " -s " + seconds;
    }

    /** Runs it on the card's first device; one result for each stream. */
    public List<ProbeResult> run(LinuxGuest guest) throws BootException, BenchException {
        return check(guest.run(command(0), limit()), direction.streams());
    }

    /** Runs several at once, on the card's first devices. */
    public List<ProbeResult> runOnEach(LinuxGuest guest, int devices) throws BootException, BenchException {
        StringBuilder line = new StringBuilder();
        for (int device = 0; device < devices; device++) {
            line.append(command(device)).append(" & ");
        }
        return check(guest.run(line + "wait", limit()), devices * direction.streams());
    }

    private Duration limit() {
        return SPARE.plusSeconds(seconds);
    }

    private List<ProbeResult> check(GuestAnswer answer, int streams) throws BenchException {
        List<ProbeResult> results = ProbeResult.parse(answer.text());
        if (results.size() != streams) {
            throw new BenchException(
                    "\"" + command(0) + "\" came to " + answer.exitCode() + ": " + Tool.tail(answer.text(), 4));
        }
        return results;
    }
}
