# bash completion for milvusconn: verbs, and aliases where a verb takes one.
_milvusconn() {
    local word=${COMP_WORDS[COMP_CWORD]} names
    if ((COMP_CWORD == 1)); then
        names='has add connect disconnect address list remove show rename copy inspect explain'
    else
        case ${COMP_WORDS[1]} in
            has | connect | disconnect | address | remove | show | rename | copy | inspect)
                names=$(milvusconn list --names 2>/dev/null)
                ;;
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$names" -- "$word")
}
complete -F _milvusconn milvusconn
