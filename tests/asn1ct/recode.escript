#!/usr/bin/env escript
%% SPDX-License-Identifier: Apache-2.0
%% Decodes each PDU of a dump with Erlang's asn1ct, compiled from our own modules (hi.set.asn in the working
%% folder), encodes it again and compares the octets.  TAP: one line per label.
%% A bad tag, range or missing member fails the decoding; a length or INTEGER that is not minimal, a member
%% that nobody knows or that was dropped shows as other octets.

main([Dump]) ->
	ok = asn1ct:compile("hi.set.asn", [ber, maps, no_ok_wrapper]),
	{ok, Text} = file:read_file(Dump),
	Lines = [list_to_tuple(binary:split(L, <<" ">>, [global])) || L <- binary:split(Text, <<"\n">>, [global]), L =/= <<>>],
	Labels = lists:usort([Label || {Label, _, _} <- Lines]),
	io:format("1..~b~n", [length(Labels) + 1]),
	Bad = [L || L <- Labels, not report(L, [check(L, Type, unhex(H)) || {L1, Type, H} <- Lines, L1 =:= L])],
	Seen = report(<<"changed octets are found">>, [changed(L, unhex(H)) || {L, _, H} <- lists:sublist(Lines, 3)]),
	halt(case {Bad, Seen} of {[], true} -> 0; _ -> 1 end).

report(Label, Results) ->
	Faults = [R || R <- Results, R =/= ok],
	Ok = Faults =:= [] andalso Results =/= [],
	io:format("~s - ~s: ~b PDUs~n", [case Ok of true -> "ok"; false -> "not ok" end, Label, length(Results)]),
	[io:format("# ~0P~n", [F, 40]) || F <- lists:sublist(Faults, 3)],
	Ok.

%% What was moved as it came may be legal and yet not minimal.
check(<<"moved">>, Type, Pdu) ->
	try hi:decode(binary_to_existing_atom(Type), Pdu) of
		_ -> ok
	catch
		Class:Reason -> {moved, Class, Reason}
	end;
check(Label, Type, Pdu) ->
	try
		Value = same(binary_to_existing_atom(Type), Pdu),
		payload(Label, maps:get(payload, Value, none)),
		ok
	catch
		Class:Reason -> {Label, Class, Reason}
	end.

same(Type, Octets) ->
	Value = hi:decode(Type, Octets),
	case hi:encode(Type, Value) of
		Octets -> Value;
		Other -> error({other_octets, Type, byte_size(Octets), byte_size(Other)})
	end.

%% The arm that the label promises, and what stands inside an OCTET STRING.
payload(<<"ipcc">>, {cCPayloadSequence, [#{cCContents := {iPCC, _}}]}) -> ok;
payload(<<"ipmmcc">>, {cCPayloadSequence, [#{cCContents := {iPMMCC, #{frameType := rtpFrame}}}]}) -> ok;
payload(<<"ipmmiri">>, {iRIPayloadSequence, [#{iRIContents := {iPMMIRI, #{iPMMIRIContents := {sIPMessage, _}}}}]}) -> ok;
payload(<<"payload">>, {cCPayloadSequence, [_ | _]}) -> ok;
payload(<<"ipiri">>, {iRIPayloadSequence, [#{iRIContents := {iPIRI, _}}]}) -> ok;
payload(<<"header">>, {iRIPayloadSequence, [#{iRIContents := {iPIRIPacketReport, #{report := {header, _}}}}]}) -> ok;
payload(<<"summary">>, {iRIPayloadSequence, [#{iRIContents := {iPIRIPacketReport, #{report := {summary, _}}}}]}) -> ok;
payload(<<"l2cc">>, {cCPayloadSequence, [#{cCContents := {l2CC, #{l2CCContents := {ethernet, _}}}}]}) -> ok;
payload(<<"msrp">>, {cCPayloadSequence, [#{cCContents := {iPMMCC, #{frameType := msrpFrame, mMCCprotocol := mSRP}}}]}) -> ok;
payload(<<"upf">>, {cCPayloadSequence, [#{cCContents := {threeGPP33128DefinedCC, In}}]}) ->
	#{pDU := {_, _}} = same('TS33128CCPayload', In),
	ok;
payload(<<"xcc">>, {cCPayloadSequence, [#{cCContents := {threeGPP33128DefinedCC, In}}]}) ->
	#{cCPayloadOID := _, pDU := {uPFCCPDU, _}} = same('TS33128CCPayload', In),
	ok;
payload(<<"epsiri">>, {iRIPayloadSequence, [#{iRIContents := {ePSIRI, {epsIRIsContent, _}}}]}) -> ok;
payload(<<"umtsiri">>, {iRIPayloadSequence, [#{iRIContents := {uMTSIRI, {umtsIRIsContent, _}}}]}) -> ok;
payload(<<"epscc">>, {cCPayloadSequence, [#{cCContents := {ePSCC, In}}]}) -> same('EpsCC-PDU', In), ok;
payload(<<"umtscc">>, {cCPayloadSequence, [#{cCContents := {uMTSCC, In}}]}) -> same('UmtsCC-PDU', In), ok;
payload(<<"emailiri">>, {iRIPayloadSequence, [#{iRIContents := {emailIRI, _}}]}) -> ok;
payload(<<"emailcc">>, {cCPayloadSequence, [#{cCContents := {emailCC, #{'email-Format' := application}}}]}) -> ok;
payload(<<"messagingiri">>, {iRIPayloadSequence, [#{iRIContents := {messagingIRI, #{category := _}}}]}) -> ok;
payload(<<"messagingcc">>, {cCPayloadSequence, [#{cCContents := {messagingCC, _}}]}) -> ok;
payload(<<"opaqueiri">>, {iRIPayloadSequence, [#{iRIContents := {messagingIRI, #{status := unknown, trigger := unknown}}}]}) -> ok;
payload(<<"opaquecc">>, {cCPayloadSequence, [#{cCContents := {messagingCC, _}}]}) -> ok;
payload(<<"mixed">>, {_, Items}) when length(Items) > 9 -> ok;
payload(<<"nasty">>, {_, [_]}) -> ok;
payload(<<"vectors">>, _) -> ok;
payload(<<"vector">>, _) -> ok;
payload(<<"check">>, {tRIPayload, {integrityCheck, #{dataType := _}}}) -> ok;
payload(<<"encrypted">>, {encryptionContainer, #{encryptionType := 'aES-256-CBC', encryptedPayloadType := _}}) -> ok;
payload(<<"group">>, {_, [_, _, _ | _]}) -> ok;
payload(<<"tri">>, {tRIPayload, {_, _}}) -> ok;
payload(<<"hi1">>, {'hI1-Operation', {'alarms-indicator', #{domainID := {0, 4, 0, 2, 2, 0, 1, 6}, timeStamp := {utcTime, _}, 'alarm-information' := _,
		lawfulInterceptionIdentifier := _}}}) -> ok;
payload(<<"xiri">>, {iRIPayloadSequence, [#{iRIContents := {threeGPP33128DefinedIRI, In}}]}) ->
	#{targetIdentifiers := [#{provenance := matchedOn}, #{provenance := other}]} = same('TS33128IRIPayload', In),
	ok.

%% Faults made on purpose must be found, else this test proves nothing: a length that is not minimal, an
%% unknown member at the end of the PDU, a PDU that ends too early.
changed(Label, Pdu) ->
	Content = content(Pdu),
	Long = <<16#30, 16#84, (byte_size(Content)):32, Content/binary>>,
	More = <<16#30, 16#82, (byte_size(Content) + 2):16, Content/binary, 16#9E, 0>>,
	Less = binary:part(Pdu, 0, byte_size(Pdu) - 1),
	case [check(Label, <<"PS-PDU">>, P) || P <- [Long, More, Less]] of
		[{_, error, {other_octets, _, _, _}}, {_, _, _}, {_, _, _}] -> ok;
		Other -> Other
	end.

content(<<16#30, 16#82, _:16, Content/binary>>) -> Content;
content(<<16#30, 16#81, _, Content/binary>>) -> Content;
content(<<16#30, _, Content/binary>>) -> Content.

unhex(Hex) -> binary:decode_hex(Hex).
