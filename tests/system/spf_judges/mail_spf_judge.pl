#!/usr/bin/perl
# Mail::SPF over worlds that come as lines, as spf_result.cc reads them.
use strict;
use warnings;
use Mail::SPF;
use Net::DNS;

package World;

sub new { return bless {}, shift }
sub errorstring { return 'NOERROR' }

sub send {
    my ($self, $name, $type) = @_;
    my $packet = Net::DNS::Packet->new($name, $type, 'IN');
    my $kind = $type eq 'AAAA' ? 'A' : $type;
    foreach my $value (@{$self->{$kind}{lc($name)} || []}) {
        next if ($type eq 'A' || $type eq 'AAAA') && (($value =~ /:/) xor ($type eq 'AAAA'));
        my %data = $type eq 'TXT' ? (txtdata => [$value])
            : $type eq 'MX'       ? (preference => 10, exchange => $value)
            : $type eq 'PTR'      ? (ptrdname => $value)
            :                       (address => $value);
        $packet->push(answer => Net::DNS::RR->new(name => $name, type => $type, %data));
    }
    return $packet;
}

package main;

my $world = World->new;
while (my $line = <STDIN>) {
    chomp $line;
    my ($what, $name, $value) = split(/ /, $line, 3);
    if ($what eq 'WORLD') {
        $world = World->new;
    } elsif ($what eq 'SPF') {
        my $server  = Mail::SPF::Server->new(dns_resolver => $world, hostname => 'judge.example');
        my $request = Mail::SPF::Request->new(
            scope => 'mfrom', identity => "postmaster\@$name", ip_address => $value, helo_identity => 'mail.sender.example');
        my $result = eval { $server->process($request)->code };
        print defined($result) ? $result : 'died', "\n";
    } else {
        push(@{$world->{$what}{$name}}, $value);
    }
}
