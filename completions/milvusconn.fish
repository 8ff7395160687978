# fish completion for milvusconn: verbs, and aliases where a verb takes one.
complete -c milvusconn -f
complete -c milvusconn -n __fish_use_subcommand \
    -a 'has add connect disconnect address list remove show rename copy inspect explain'
complete -c milvusconn \
    -n '__fish_seen_subcommand_from has connect disconnect address remove show rename copy inspect' \
    -a '(milvusconn list --names 2>/dev/null)'
