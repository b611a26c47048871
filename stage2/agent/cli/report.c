/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/report.h"

#include <arpa/inet.h>
#include <string.h>

#include "util/escape.h"
#include "vif/vif.h"

#define TFTP_PORT 69
#define URL_TEXT_SIZE (URL_PATH_MAX + 64)
#define ESCAPED_MAX (4 * PLAN_CMDLINE_MAX + 1) /* every byte as \xHH */

char *report_url(char *buf, size_t size, const struct url *url)
{
	char server[INET_ADDRSTRLEN], port[8] = "";

	if (!url->server.s_addr) {
		snprintf(buf, size, "%s", url->path);
		return buf;
	}
	inet_ntop(AF_INET, &url->server, server, sizeof(server));
	if (url->port != TFTP_PORT)
		snprintf(port, sizeof(port), ":%u", url->port);
	snprintf(buf, size, "tftp://%s%s/%s", server, port, url->path);
	return buf;
}

/* --- text --- */

static void text_line(FILE *out, const char *key, const char *value)
{
	char text[ESCAPED_MAX];

	escape_str(text, sizeof(text), value);
	fprintf(out, text[0] ? "%s %s\n" : "%s%s\n", key, text);
}

static void text_number(FILE *out, const char *key, uint64_t value)
{
	fprintf(out, "%s %llu\n", key, (unsigned long long)value);
}

static void text_url(FILE *out, const char *key, const struct url *url)
{
	char text[URL_TEXT_SIZE];

	text_line(out, key, report_url(text, sizeof(text), url));
}

static void text_addr(FILE *out, const char *key, struct in_addr addr)
{
	char text[INET_ADDRSTRLEN];

	text_line(out, key, inet_ntop(AF_INET, &addr, text, sizeof(text)));
}

static void text_net(FILE *out, const struct report_net *net)
{
	char mac[VIF_MAC_SIZE];

	text_line(out, "mac", vif_mac(mac, net->mac));
	text_addr(out, "address", net->addr);
	text_addr(out, "netmask", net->netmask);
	if (net->router.s_addr)
		text_addr(out, "router", net->router);
	text_addr(out, "server", net->server);
	text_number(out, "lease-ms", net->lease_ms);
	text_url(out, "config", net->config);
	text_number(out, "config-ms", net->config_ms);
}

static void text_entry(FILE *out, const struct report_entry *e)
{
	text_line(out, "label", e->label);
	if (e->submenu)
		text_line(out, "submenu", e->submenu);
	if (e->source)
		text_line(out, "source", e->source);
	if (e->localboot)
		text_line(out, "localboot", e->localboot);
	if (e->config)
		text_line(out, "config", e->config);
	if (e->error)
		fprintf(out, "error %s\n", e->error); /* escaped by whoever wrote it */
	if (!e->plan)
		return;
	text_url(out, "kernel", &e->plan->kernel);
	for (size_t i = 0; i < e->plan->n_initrd; i++)
		text_url(out, "initrd", &e->plan->initrd[i]);
	text_line(out, "args", e->plan->cmdline);
}

/* --- JSON --- */

/* Bytes of the UTF-8 sequence (RFC 3629) that begins at @s; 0 if it is none. */
static size_t utf8_len(const unsigned char *s)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t n;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		n = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		n = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		n = 4;
	else
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0; /* no overlong forms, */
	else if (s[0] == 0xed)
		high = 0x9f; /* no surrogates, */
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f; /* nothing behind U+10FFFF */
	for (size_t i = 1; i < n; i++, low = 0x80, high = 0xbf) {
		if (s[i] < low || s[i] > high)
			return 0;
	}
	return n;
}

static void json_string(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	fputc('"', out);
	while (*s) {
		size_t n = utf8_len(s);

		if (n == 0) {
			fputs("\xef\xbf\xbd", out);
			s++;
			continue;
		}
		if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if (*s < 0x20 || *s == 0x7f)
			fprintf(out, "\\u%04x", *s);
		else
			fwrite(s, 1, n, out);
		s += n;
	}
	fputc('"', out);
}

/* @key: with what separates it from the member before it */
static void json_member(FILE *out, const char *key, const char *value)
{
	fprintf(out, "%s: ", key);
	json_string(out, value);
}

static void json_number(FILE *out, const char *key, uint64_t value)
{
	fprintf(out, "%s: %llu", key, (unsigned long long)value);
}

static void json_url(FILE *out, const char *key, const struct url *url)
{
	char text[URL_TEXT_SIZE];

	json_member(out, key, report_url(text, sizeof(text), url));
}

static void json_addr(FILE *out, const char *key, struct in_addr addr)
{
	char text[INET_ADDRSTRLEN];

	json_member(out, key, inet_ntop(AF_INET, &addr, text, sizeof(text)));
}

static void json_net(FILE *out, const struct report_net *net)
{
	char mac[VIF_MAC_SIZE];

	json_member(out, "\"lease\": {\"mac\"", vif_mac(mac, net->mac));
	json_addr(out, ", \"address\"", net->addr);
	json_addr(out, ", \"netmask\"", net->netmask);
	if (net->router.s_addr)
		json_addr(out, ", \"router\"", net->router);
	json_addr(out, ", \"server\"", net->server);
	json_number(out, ", \"ms\"", net->lease_ms);
	json_url(out, "}, \"config\": {\"url\"", net->config);
	json_number(out, ", \"ms\"", net->config_ms);
	fputc('}', out);
}

static void json_entry(FILE *out, const struct report_entry *e)
{
	json_member(out, "\"label\"", e->label);
	if (e->submenu)
		json_member(out, ", \"submenu\"", e->submenu);
	if (e->source)
		json_member(out, ", \"source\"", e->source);
	if (e->localboot)
		json_member(out, ", \"localboot\"", e->localboot);
	if (e->config)
		json_member(out, ", \"config\"", e->config);
	if (e->error)
		json_member(out, ", \"error\"", e->error);
	if (e->plan) {
		json_url(out, ", \"kernel\"", &e->plan->kernel);
		fputs(", \"initrd\": [", out);
		for (size_t i = 0; i < e->plan->n_initrd; i++) {
			char text[URL_TEXT_SIZE];

			fputs(i ? ", " : "", out);
			json_string(out, report_url(text, sizeof(text), &e->plan->initrd[i]));
		}
		json_member(out, "], \"args\"", e->plan->cmdline);
	}
	if (e->onerror)
		json_member(out, ", \"onerror\"", e->onerror);
}

/* --- both --- */

/* In front of whatever is printed next. */
static void begin(struct report *r)
{
	if (r->json && !r->begun && r->list)
		fputc('[', r->out);
	if (r->json && !r->list)
		fputs(r->begun ? ", " : "{", r->out);
	r->begun = true;
}

void report_net(struct report *r, const struct report_net *net)
{
	begin(r);
	if (r->json)
		json_net(r->out, net);
	else
		text_net(r->out, net);
}

void report_entry(struct report *r, const struct report_entry *entry)
{
	begin(r);
	if (!r->json) {
		fputs(r->n ? "\n" : "", r->out);
		text_entry(r->out, entry);
	} else {
		if (r->list)
			fputs(r->n ? "},\n {" : "{", r->out);
		json_entry(r->out, entry);
	}
	r->n++;
}

void report_files(struct report *r, const struct report_file *file, size_t n)
{
	begin(r);
	if (r->json)
		fputs("\"files\": [", r->out);
	for (size_t i = 0; i < n; i++) {
		if (r->json) {
			json_url(r->out, i ? ", {\"url\"" : "{\"url\"", file[i].url);
			json_number(r->out, ", \"bytes\"", file[i].bytes);
			json_member(r->out, ", \"sha256\"", file[i].sha256);
			json_number(r->out, ", \"ms\"", file[i].ms);
			fputs("}", r->out);
		} else {
			text_url(r->out, "file", file[i].url);
			text_number(r->out, "bytes", file[i].bytes);
			text_line(r->out, "sha256", file[i].sha256);
			text_number(r->out, "ms", file[i].ms);
		}
	}
	if (r->json)
		fputs("]", r->out);
}

void report_end(struct report *r)
{
	if (!r->json || !r->begun)
		return;
	fputs(r->list ? "}]\n" : "}\n", r->out);
}
