// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.vsnd.spi.PciInterrupts;

/** Remembers what was sent. */
public final class RecordingInterrupts implements PciInterrupts {
    /** One message. */
    public record Message(int vector, long address, int data) {}

    public final List<Message> messages = new ArrayList<>();
    public final BitSet hostPending = new BitSet();
    public final int vectors;
    public final boolean hostMasks;
    public boolean recording = true;
    public boolean intx;
    public int intxChanges;
    public long sent;

    public RecordingInterrupts(int vectors, boolean hostMasks) {
        this.vectors = vectors;
        this.hostMasks = hostMasks;
    }

    /** The vectors sent since the last call. */
    public List<Integer> takeVectors() {
        List<Integer> taken = messages.stream().map(Message::vector).toList();
        messages.clear();
        return taken;
    }

    @Override
    public int msixVectors() {
        return vectors;
    }

    @Override
    public boolean hostMasksMsix() {
        return hostMasks;
    }

    @Override
    public void sendMsix(int vector, long address, int data) {
        sent++;
        if (recording) {
            messages.add(new Message(vector, address, data));
        }
    }

    @Override
    public boolean msixPending(int vector) {
        return hostPending.get(vector);
    }

    @Override
    public void setIntx(boolean asserted) {
        intx = asserted;
        intxChanges++;
    }
}
