# Tab for zonectl, in bash. Installed as /usr/share/bash-completion/completions/zonectl; zonectl itself knows what may stand.
_zonectl() {
  local cur words cword candidates
  _get_comp_words_by_ref -n =: cur words cword
  mapfile -t candidates < <(zonectl complete -- "${words[@]:1:cword}" 2>/dev/null)
  if [[ "${candidates[*]: -1}" == :files ]]; then
    compopt -o default
    unset 'candidates[-1]'
  fi
  COMPREPLY=("${candidates[@]}")
  if [[ "$cur" == -*=* ]]; then
    COMPREPLY=("${COMPREPLY[@]#"${cur%%=*}="}") # bash replaces what stands behind the "=" alone
  fi
  __ltrim_colon_completions "$cur"
}
complete -F _zonectl zonectl
