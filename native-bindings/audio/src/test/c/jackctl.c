// SPDX-License-Identifier: Apache-2.0
/*
 * A sound card's mixer for tests: an external control plugin for libasound whose elements are the lines of a file,
 *
 *     IFACE TYPE VALUE NAME        for example: 0 1 1 Headphone Jack
 *
 * with the interface and the type as libasound numbers them (0: CARD, 2: MIXER; 1: BOOLEAN, 2: INTEGER). Whoever writes the file
 * anew changes the values, and tells whoever listens. Without the file there is no card.
 *
 * In the configuration: ctl_type.jackctl.lib "FOLDER/jackctl.so", and ctl.NAME { type jackctl file "FILE" }.
 *
 * Build: gcc -shared -fPIC -o jackctl.so jackctl.c -l:libasound.so.2. What is declared here of libasound is the interface as its
 * documentation gives it ("External Control Plugin SDK"), so that its headers need not be installed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define ELEMENTS_MAX 32
#define NAME_LENGTH 44 /* of an element, with the zero byte */
#define EXT_VERSION 0x010001
#define KEY_NOT_FOUND ((unsigned long) -1)
#define ACCESS_READ 1
#define EVENT_VALUE 1

typedef struct snd_ctl snd_ctl_t;
typedef struct snd_config snd_config_t;
typedef struct snd_ctl_elem_id snd_ctl_elem_id_t;

struct ext;

struct callbacks {
    void (*close)(struct ext *);
    int (*elem_count)(struct ext *);
    int (*elem_list)(struct ext *, unsigned int offset, snd_ctl_elem_id_t *);
    unsigned long (*find_elem)(struct ext *, const snd_ctl_elem_id_t *);
    void (*free_key)(struct ext *, unsigned long key);
    int (*get_attribute)(struct ext *, unsigned long key, int *type, unsigned int *access, unsigned int *count);
    int (*get_integer_info)(struct ext *, unsigned long key, long *least, long *most, long *step);
    void *get_other_info[3];
    int (*read_integer)(struct ext *, unsigned long key, long *value);
    void *read_others[4];
    void *write[5];
    void (*subscribe_events)(struct ext *, int subscribe);
    int (*read_event)(struct ext *, snd_ctl_elem_id_t *, unsigned int *event_mask);
    void *poll[3];
};

struct ext {
    unsigned int version;
    int card_idx;
    char id[16];
    char driver[16];
    char name[32];
    char longname[80];
    char mixername[80];
    int poll_fd;
    const struct callbacks *callback;
    void *private_data;
    snd_ctl_t *handle;
    int nonblock;
    int subscribed;
    const unsigned int *tlv;
};

int snd_ctl_ext_create(struct ext *, const char *name, int mode);
int snd_config_search(snd_config_t *, const char *key, snd_config_t **result);
int snd_config_get_string(const snd_config_t *, const char **value);
void snd_ctl_elem_id_set_interface(snd_ctl_elem_id_t *, int iface);
void snd_ctl_elem_id_set_name(snd_ctl_elem_id_t *, const char *name);
const char *snd_ctl_elem_id_get_name(const snd_ctl_elem_id_t *);

struct element {
    int iface;
    int type;
    int value;
    int changed;
    char name[NAME_LENGTH];
};

struct card {
    struct ext ext;
    char *file;
    int count;
    struct element elements[ELEMENTS_MAX];
};

static struct card *card_of(struct ext *ext) {
    return ext->private_data;
}

/* Reads the file; what differs from before has changed. Returns 0 or a negative error number. */
static int read_file(struct card *card) {
    FILE *in = fopen(card->file, "re");
    if (in == NULL) {
        return -ENODEV;
    }
    struct element one = {0};
    int count = 0;
    while (count < ELEMENTS_MAX && fscanf(in, "%d %d %d %43[^\n]\n", &one.iface, &one.type, &one.value, one.name) == 4) {
        struct element *known = &card->elements[count];
        one.changed = known->changed | (known->value != one.value);
        *known = one;
        count++;
    }
    fclose(in);
    card->count = count;
    return 0;
}

static void name_it(const struct element *element, snd_ctl_elem_id_t *id) {
    snd_ctl_elem_id_set_interface(id, element->iface);
    snd_ctl_elem_id_set_name(id, element->name);
}

static void close_card(struct ext *ext) {
    struct card *card = card_of(ext);
    close(ext->poll_fd);
    free(card->file);
    free(card);
}

static int elem_count(struct ext *ext) {
    return card_of(ext)->count;
}

static int elem_list(struct ext *ext, unsigned int offset, snd_ctl_elem_id_t *id) {
    struct card *card = card_of(ext);
    if (offset >= (unsigned int) card->count) {
        return -EINVAL;
    }
    name_it(&card->elements[offset], id);
    return 0;
}

static unsigned long find_elem(struct ext *ext, const snd_ctl_elem_id_t *id) {
    struct card *card = card_of(ext);
    for (int i = 0; i < card->count; i++) {
        if (strcmp(card->elements[i].name, snd_ctl_elem_id_get_name(id)) == 0) {
            return i;
        }
    }
    return KEY_NOT_FOUND;
}

static int get_attribute(struct ext *ext, unsigned long key, int *type, unsigned int *access, unsigned int *count) {
    *type = card_of(ext)->elements[key].type;
    *access = ACCESS_READ;
    *count = 1;
    return 0;
}

static int get_integer_info(struct ext *ext, unsigned long key, long *least, long *most, long *step) {
    (void) ext;
    (void) key;
    *least = 0;
    *most = 1;
    *step = 1;
    return 0;
}

/* libasound asks for booleans here, too. */
static int read_integer(struct ext *ext, unsigned long key, long *value) {
    *value = card_of(ext)->elements[key].value;
    return 0;
}

static void subscribe_events(struct ext *ext, int subscribe) {
    (void) ext;
    (void) subscribe;
}

static int read_event(struct ext *ext, snd_ctl_elem_id_t *id, unsigned int *event_mask) {
    struct card *card = card_of(ext);
    char notes[sizeof(struct inotify_event) * 64];
    while (read(ext->poll_fd, notes, sizeof notes) > 0) {
        int error = read_file(card);
        if (error < 0) {
            return error;
        }
    }
    for (int i = 0; i < card->count; i++) {
        if (card->elements[i].changed) {
            card->elements[i].changed = 0;
            name_it(&card->elements[i], id);
            *event_mask = EVENT_VALUE;
            return 1;
        }
    }
    return -EAGAIN;
}

static const struct callbacks callbacks = {
    .close = close_card,
    .elem_count = elem_count,
    .elem_list = elem_list,
    .find_elem = find_elem,
    .get_attribute = get_attribute,
    .get_integer_info = get_integer_info,
    .read_integer = read_integer,
    .subscribe_events = subscribe_events,
    .read_event = read_event,
};

/* The version of the interface: libasound looks for this name, too. */
char __snd_ctl_jackctl_open_dlsym_control_001;

int _snd_ctl_jackctl_open(snd_ctl_t **handle, const char *name, snd_config_t *root, snd_config_t *conf, int mode) {
    (void) root;
    snd_config_t *file;
    const char *path;
    int error = snd_config_search(conf, "file", &file);
    if (error < 0 || (error = snd_config_get_string(file, &path)) < 0) {
        return error;
    }
    struct card *card = calloc(1, sizeof *card);
    if (card == NULL) {
        return -ENOMEM;
    }
    card->file = strdup(path);
    card->ext.version = EXT_VERSION;
    strcpy(card->ext.id, "jackctl");
    strcpy(card->ext.driver, "jackctl");
    strcpy(card->ext.name, "jackctl");
    strcpy(card->ext.mixername, "jackctl");
    card->ext.callback = &callbacks;
    card->ext.private_data = card;
    card->ext.poll_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    inotify_add_watch(card->ext.poll_fd, card->file, IN_CLOSE_WRITE | IN_DELETE_SELF | IN_ATTRIB);
    error = read_file(card);
    for (int i = 0; i < card->count; i++) {
        card->elements[i].changed = 0;
    }
    if (error >= 0) {
        error = snd_ctl_ext_create(&card->ext, name, mode);
    }
    if (error < 0) {
        close_card(&card->ext);
        return error;
    }
    *handle = card->ext.handle;
    return 0;
}
