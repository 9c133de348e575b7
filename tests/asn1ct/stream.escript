#!/usr/bin/env escript
%% SPDX-License-Identifier: Apache-2.0
%%! -noinput
%% stream.escript CODEC ASN1 FILE...: every PS-PDU of FILE (one behind another, as they were delivered) is decoded with Erlang's asn1ct and our own
%% modules (folder ASN1; compiled into CODEC when that does not exist yet), encoded again, and compared with the octets.
%% Prints one line: PDUs, identical, other octets, not decodable; then what was found first.  Other octets are legal BER that is not minimal: an
%% element's own, moved as it came.  Exit 1 when something cannot be decoded.
-mode(compile).

main([Codec, Asn1 | Files]) ->
	filelib:is_file(filename:join(Codec, "hi.beam")) orelse compile(Codec, Asn1),
	true = code:add_patha(Codec),
	{N, Same, Other, Bad} = lists:foldl(fun file/2, {0, 0, [], []}, Files),
	io:format("~b ~b ~b ~b~n", [N, Same, length(Other), length(Bad)]),
	[io:format("not decodable: ~0P~n", [B, 60]) || B <- lists:sublist(lists:reverse(Bad), 3)],
	[io:format("other octets: ~0P~n", [O, 60]) || O <- lists:sublist(lists:reverse(Other), 3)],
	halt(case Bad of [] -> 0; _ -> 1 end).

%% Several tests may come here at once: each compiles for itself, one rename wins.
compile(Codec, Asn1) ->
	Work = Codec ++ "." ++ os:getpid(),
	ok = filelib:ensure_dir(filename:join(Work, "x")),
	Modules = filelib:wildcard("*.asn", Asn1),
	[{ok, _} = file:copy(filename:join(Asn1, M), filename:join(Work, M)) || M <- Modules],
	ok = file:write_file(filename:join(Work, "hi.set.asn"), [[M, "\n"] || M <- Modules]),
	{ok, Here} = file:get_cwd(),
	ok = file:set_cwd(Work),
	ok = asn1ct:compile("hi.set.asn", [ber, maps, no_ok_wrapper]),
	ok = file:set_cwd(Here),
	case file:rename(Work, Codec) of
		ok -> ok;
		{error, _} -> file:del_dir_r(Work)
	end.

file(Name, Sums) ->
	{ok, Octets} = file:read_file(Name),
	stream(Octets, Sums).

stream(<<>>, Sums) ->
	Sums;
stream(Octets, {N, Same, Other, Bad}) ->
	Pdu = first(Octets),
	<<_:(byte_size(Pdu))/binary, Rest/binary>> = Octets,
	stream(Rest, case check(Pdu) of
		same -> {N + 1, Same + 1, Other, Bad};
		{other, What} -> {N + 1, Same, [{N, What} | Other], Bad};
		{bad, What} -> {N + 1, Same, Other, [{N, What} | Bad]}
	end).

%% Lengths were checked by the receiver that stored it: definite, of at most four octets.
first(<<16#30, 0:1, L:7, _/binary>> = O) -> binary:part(O, 0, 2 + L);
first(<<16#30, 1:1, W:7, More/binary>> = O) ->
	<<L:W/unit:8, _/binary>> = More,
	binary:part(O, 0, 2 + W + L).

check(Pdu) ->
	try
		Value = hi:decode('PS-PDU', Pdu),
		case hi:encode('PS-PDU', Value) of
			Pdu -> same;
			_ -> {other, maps:map(fun(_, _) -> '_' end, Value)}
		end
	catch
		Class:Reason -> {bad, {Class, Reason}}
	end.
