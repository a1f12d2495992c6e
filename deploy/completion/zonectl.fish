# Tab for zonectl, in fish. Installed in /usr/share/fish/vendor_completions.d; zonectl itself knows what may stand.
function __zonectl_candidates
    set -l before (commandline --tokenize --current-process --cut-at-cursor)
    set -l typed (commandline --current-token --cut-at-cursor)
    set -q typed[1]; or set typed ""
    for candidate in (zonectl complete -- $before[2..] $typed 2>/dev/null)
        test $candidate = :files; and __fish_complete_path $typed; or echo $candidate
    end
end
complete --no-files --arguments '(__zonectl_candidates)' --command zonectl
