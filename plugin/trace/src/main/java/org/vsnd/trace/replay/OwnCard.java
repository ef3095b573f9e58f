// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PciCapability;
import org.vsnd.guest.driver.VirtioCapability;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.trace.card.CardLayout;
import org.vsnd.trace.card.ConfigImage;
import org.vsnd.trace.card.ItemCounts;
import org.vsnd.trace.card.Structure;

/** What must be known of this card before the guest comes: found as a driver finds it, and left as it was. */
final class OwnCard {
    private static final int HEADER_AND_CAPABILITIES = 256;
    private static final int NOTIFY_MULTIPLIER = 16;
    private static final int JACKS = 0;
    private static final int CHMAPS = 8;
    private static final int CONTROLS = 12;
    private static final int MAX_QUEUES = 64;

    private final CardLayout layout;
    private final long features;
    private final long[] notifyAt;
    private final ItemCounts items;

    private OwnCard(ReplayBus bus) {
        ConfigImage image = new ConfigImage();
        for (int offset = 0; offset < HEADER_AND_CAPABILITIES; offset += 4) {
            image.learn(offset, 4, bus.readConfig(offset, 4));
        }
        layout = CardLayout.of(image);
        long multiplier = layout.like(new CardLayout.Entry(PciCapability.VENDOR, VirtioCapability.NOTIFY, 0, 0))
                .map(entry -> image.get(entry.offset() + NOTIFY_MULTIPLIER, 4))
                .orElse(0L);
        features = feature(bus, 0) | (feature(bus, 1) << 32);
        write(bus, VirtioPciCommonCfg.DEVICE_FEATURE_SELECT, 4, 0);
        int queues = (int) Math.min(read(bus, VirtioPciCommonCfg.NUM_QUEUES, 2), MAX_QUEUES);
        notifyAt = new long[queues];
        for (int queue = 0; queue < queues; queue++) {
            write(bus, VirtioPciCommonCfg.QUEUE_SELECT, 2, queue);
            notifyAt[queue] = read(bus, VirtioPciCommonCfg.QUEUE_NOTIFY_OFF, 2) * multiplier;
        }
        write(bus, VirtioPciCommonCfg.QUEUE_SELECT, 2, 0);
        items = new ItemCounts(
                deviceConfig(bus, JACKS),
                deviceConfig(bus, CHMAPS),
                (features & Features.SND_CTLS) != 0 ? deviceConfig(bus, CONTROLS) : 0);
    }

    static OwnCard probe(ReplayBus bus) {
        return new OwnCard(bus);
    }

    private long feature(ReplayBus bus, int select) {
        write(bus, VirtioPciCommonCfg.DEVICE_FEATURE_SELECT, 4, select);
        return read(bus, VirtioPciCommonCfg.DEVICE_FEATURE, 4);
    }

    private long read(ReplayBus bus, int offset, int size) {
        Structure.Region common = region(Structure.COMMON);
        return bus.readBar(common.bar(), common.offset() + offset, size);
    }

    private void write(ReplayBus bus, int offset, int size, long value) {
        Structure.Region common = region(Structure.COMMON);
        bus.writeBar(common.bar(), common.offset() + offset, size, value);
    }

    private long deviceConfig(ReplayBus bus, int offset) {
        Structure.Region device = region(Structure.DEVICE);
        return bus.readBar(device.bar(), device.offset() + offset, 4);
    }

    private Structure.Region region(Structure structure) {
        return layout.region(structure)
                .orElseThrow(() -> new IllegalStateException("this card has no structure " + structure));
    }

    CardLayout layout() {
        return layout;
    }

    /** All features offered. */
    long features() {
        return features;
    }

    int queueCount() {
        return notifyAt.length;
    }

    /** Where a queue's notifications go, from the start of the structure. */
    long notifyAt(int queue) {
        return queue < notifyAt.length ? notifyAt[queue] : 0;
    }

    ItemCounts items() {
        return items;
    }
}
