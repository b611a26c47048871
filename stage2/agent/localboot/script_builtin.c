/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that are the language's own (GRUB manual, "The list of command-line commands"). */
#include "localboot/script.h"

#include <limits.h>
#include <string.h>

static bool on_true(void *host, struct script *s, const struct script_call *call, int value)
{
	(void)host;
	(void)s;
	(void)call;
	return value;
}

/* Only the first argument counts. */
static bool on_set(void *host, struct script *s, const struct script_call *call, int arg)
{
	char *equals = call->n ? strchr(call->arg[0], '=') : NULL;

	(void)host;
	(void)arg;
	if (!equals)
		return call->n == 0;
	*equals = '\0';
	return script_set(s, call->arg[0], equals + 1);
}

static bool on_unset(void *host, struct script *s, const struct script_call *call, int arg)
{
	(void)host;
	(void)arg;
	for (size_t i = 0; i < call->n; i++)
		script_vars_unset(&s->vars, call->arg[i]);
	return true;
}

static bool on_export(void *host, struct script *s, const struct script_call *call, int arg)
{
	(void)host;
	(void)arg;
	for (size_t i = 0; i < call->n; i++) {
		if (script_vars_export(&s->vars, call->arg[i]))
			return script_fail(s, ERR_CONFIG, "its variables are too many or too long");
	}
	return true;
}

/* @min: the smallest that makes sense */
static unsigned int number(const struct script_call *call, unsigned int min)
{
	long long n;

	if (!call->n || !script_number(call->arg[0], &n, NULL))
		return min;
	return n < min ? min : n > UINT_MAX ? UINT_MAX : (unsigned int)n;
}

static bool on_break(void *host, struct script *s, const struct script_call *call, int flow)
{
	(void)host;
	if (!s->loops)
		return true;
	s->flow_n = number(call, 1);
	if (s->flow_n > s->loops)
		s->flow_n = s->loops;
	s->flow = (enum script_flow)flow;
	return true;
}

static bool on_return(void *host, struct script *s, const struct script_call *call, int arg)
{
	(void)host;
	(void)arg;
	if (!s->scope)
		return false;
	s->flow = SCRIPT_RETURN;
	s->status_number = number(call, 0);
	return s->status_number == 0;
}

static bool on_shift(void *host, struct script *s, const struct script_call *call, int arg)
{
	unsigned int n = call->n ? number(call, 0) : 1;

	(void)host;
	(void)arg;
	if (!s->scope || n > s->scope->n)
		return !s->scope;
	s->scope->arg += n;
	s->scope->n -= n;
	return true;
}

static bool on_setparams(void *host, struct script *s, const struct script_call *call, int arg)
{
	char **copy;

	(void)host;
	(void)arg;
	if (!s->scope)
		return true;
	copy = script_alloc(&s->scope->memory, (call->n + 1) * sizeof(*copy));
	for (size_t i = 0; copy && i < call->n; i++) {
		copy[i] = script_copy(&s->scope->memory, call->arg[i], strlen(call->arg[i]));
		if (!copy[i])
			copy = NULL;
	}
	if (!copy)
		return script_fail(s, ERR_MEMORY, "no memory for setparams");
	s->scope->arg = copy;
	s->scope->n = call->n;
	return true;
}

static bool on_eval(void *host, struct script *s, const struct script_call *call, int arg)
{
	size_t len = 0;
	char *text, *end;

	(void)host;
	(void)arg;
	for (size_t i = 0; i < call->n; i++)
		len += strlen(call->arg[i]) + 1;
	text = end = script_alloc(&s->memory, len + 1);
	if (!text)
		return script_fail(s, ERR_MEMORY, "no memory for eval");
	for (size_t i = 0; i < call->n; i++) {
		size_t n = strlen(call->arg[i]);

		memcpy(end, call->arg[i], n);
		end += n;
		*end++ = ' ';
	}
	if (s->depth >= SCRIPT_DEPTH_MAX / 2)
		return script_fail(s, ERR_CONFIG, "eval runs itself too deep");
	return script_run_text(s, s->file, s->line, text, len);
}

const struct script_command script_builtins[] = {
	{"true", on_true, true},
	{"false", on_true, false},
	{"set", on_set, 0},
	{"unset", on_unset, 0},
	{"export", on_export, 0},
	{"break", on_break, SCRIPT_BREAK},
	{"continue", on_break, SCRIPT_CONTINUE},
	{"return", on_return, 0},
	{"shift", on_shift, 0},
	{"setparams", on_setparams, 0},
	{"eval", on_eval, 0},
	{NULL, NULL, 0},
};
