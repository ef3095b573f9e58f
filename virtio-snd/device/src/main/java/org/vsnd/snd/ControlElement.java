// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * A control element, 5.14.6.10: its value and its metadata, and what the driver has yet to be told of them. Device thread only;
 * allocates nothing once it is made.
 */
final class ControlElement implements EventSource {
    /** Instead of an id: drivers do not know of the element. */
    static final int HIDDEN = -1;

    private static final int MASK_VALUE = 1 << VirtioSnd.VIRTIO_SND_CTL_EVT_MASK_VALUE;
    private static final int MASK_TLV = 1 << VirtioSnd.VIRTIO_SND_CTL_EVT_MASK_TLV;
    private static final int MASK_DEFINED = (MASK_TLV << 1) - 1;
    private static final int ID_BITS = 16;

    final ControlInfo info;
    final ControlMetadata metadata;
    private final int id;
    private final Runnable acts;
    private final Runnable actsAgain;
    private final long[] value;
    private final long[] asked;
    private EventQueue.@Nullable Event event;
    /** The driver knows of the element. */
    private boolean told;
    /** Why the driver is to be told, {@code 1 << VIRTIO_SND_CTL_EVT_MASK_*}. */
    private int mask;
    /** The guest was the last to change the value. */
    private boolean byGuest;

    /**
     * @param id by which the driver knows it, below 2^16
     * @param acts run when the value has changed
     */
    ControlElement(ControlInfo info, int id, Runnable acts) {
        this(info, id, acts, () -> {});
    }

    /**
     * @param id by which the driver knows it, below 2^16
     * @param acts run when the value has changed
     * @param actsAgain run when it was written and is what it was
     */
    ControlElement(ControlInfo info, int id, Runnable acts, Runnable actsAgain) {
        this.info = info;
        this.id = id;
        this.acts = acts;
        this.actsAgain = actsAgain;
        metadata = new ControlMetadata(info.tlv(), info.allows(ControlInfo.ACCESS_TLV_WRITE));
        value = new long[info.type().members(info.count())];
        asked = new long[value.length];
        Arrays.fill(value, info.initial());
    }

    /** The driver is told of changes by these events. */
    void announceBy(EventQueue.Event by) {
        event = by;
    }

    /** Whether the driver has negotiated that there are control elements. */
    void setTold(boolean on) {
        told = on;
        if (!on) {
            mask = 0;
        }
    }

    /** A driver that does not know of the element cannot undo what another one did with it. */
    void forgetGuest() {
        if (byGuest) {
            Arrays.fill(asked, info.initial());
            set();
            byGuest = false;
        }
    }

    long member(int index) {
        return value[index];
    }

    int members() {
        return value.length;
    }

    /** Writes the value from index 0 of a zeroed buffer. */
    void encodeValue(ByteBuffer le) {
        for (int i = 0; i < value.length; i++) {
            info.type().encode(le, i * info.type().memberBytes(), value[i]);
        }
    }

    /**
     * The guest changes the value, to what stands from index 0 on. It is told of a change, as of any other, and not if the value is
     * what it was: Linux leaves it to the device to say so.
     *
     * @return whether all members are allowed; otherwise nothing changes
     */
    boolean writeByGuest(ByteBuffer le) {
        for (int i = 0; i < asked.length; i++) {
            asked[i] = info.type().decode(le, i * info.type().memberBytes());
            if (!info.type().allows(asked[i])) {
                return false;
            }
        }
        if (set()) {
            byGuest = true;
        }
        return true;
    }

    /** The host changes one member, or leaves it; {@link #changedByHost} comes after the last. */
    void askByHost(int index, long member) {
        asked[index] = member;
    }

    /** The host has asked for every member. */
    void changedByHost() {
        if (set()) {
            byGuest = false;
        }
    }

    private boolean set() {
        if (Arrays.equals(asked, value)) {
            actsAgain.run();
            return false;
        }
        System.arraycopy(asked, 0, value, 0, value.length);
        acts.run();
        tell(MASK_VALUE);
        return true;
    }

    /** The metadata is another. */
    void metadataChanged() {
        tell(MASK_TLV);
    }

    private void tell(int reason) {
        if (told && event != null) {
            mask |= reason;
            event.raise();
        }
    }

    @Override
    public int eventCode() {
        return VirtioSnd.VIRTIO_SND_EVT_CTL_NOTIFY;
    }

    @Override
    public int eventData() {
        return id | mask << ID_BITS;
    }

    @Override
    public void eventSent() {
        mask = 0;
    }

    /** Writes the value, who changed it and the metadata. */
    void saveSettings(SnapshotWriter out) {
        out.bool(byGuest);
        for (long member : value) {
            out.i64(member);
        }
        metadata.save(out);
    }

    /** Reads these, and changes nothing. */
    Runnable loadSettings(SnapshotReader in) throws SnapshotException {
        boolean guest = in.bool("who changed a control element");
        long[] saved = new long[value.length];
        for (int i = 0; i < saved.length; i++) {
            saved[i] = in.any64("the value of a control element");
            in.require(info.type().allows(saved[i]), "the value of a control element is none of its values");
        }
        Runnable tlv = metadata.load(in);
        return () -> {
            byGuest = guest;
            System.arraycopy(saved, 0, value, 0, value.length);
            tlv.run();
            acts.run();
        };
    }

    /** Writes that and what the driver has yet to be told. */
    void save(SnapshotWriter out) {
        out.u8(mask);
        saveSettings(out);
    }

    /** Reads these, and changes nothing. */
    Runnable load(SnapshotReader in) throws SnapshotException {
        int reasons = in.u8("what the driver is to be told of a control element", MASK_DEFINED);
        Runnable settings = loadSettings(in);
        return () -> {
            settings.run();
            mask = reasons;
        };
    }
}
